;; A process reaches its stdio and nothing else unless told; the same program in a thread reaches what its parent does.
(ns user (:use [wat.fs :as fs] [wat.net :as net]))

(defn reach {:in String :out (Vector (Option keyword))} [] -> nil
  (serve (fn [dir]
    [(why (fs/read-text "/etc/passwd"))
     (why (fs/entries dir))
     (why (fs/write-text (str dir "/made") "x"))
     (why (fs/info dir))
     (why (net/connect "127.0.0.1:9"))
     (why (net/listen "127.0.0.1:0"))])))

(defn why [r <- (Result T IoError)] -> (Option keyword)
  (match r ((Ok _) None) ((Err e) (Some (:kind e)))))

(defn main [] -> nil
  (let [dir (unwrap (fs/temp-dir) "a directory")]
    (println (call (spawn-process reach) dir))
    (println (call (spawn-process reach {:authority []}) dir))
    (println (call (spawn-process reach {:authority [(inherit)]}) dir))
    (println (fs/exists? (str dir "/made")))
    (ignore (fs/remove-all dir))))
