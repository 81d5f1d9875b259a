;; More authorities than a process has threads for: the children of each are held to theirs.
(ns many (:use [wat.fs :as fs]))

(defn read {:in String :out String} [] -> nil
  (serve (fn [path] (match (fs/read-text path) ((Ok text) text) ((Err e) (str (:kind e)))))))

(defn main [] -> nil
  (let [dir (unwrap (fs/temp-dir) "a directory")
        at  (fn [n] (str dir "/" n))]
    (doseq [n (range 0 13)]
      (ignore (fs/make-dir (at n)))
      (ignore (fs/write-text (str (at n) "/x") (str n))))
    (doseq [n (range 0 12)]
      (with-peers [p (spawn-process read {:authority [(fs-read (at n))]})]
        (println [(call p (str (at n) "/x")) (call p (str (at (+ n 1)) "/x"))])))
    (ignore (fs/remove-all dir))))
