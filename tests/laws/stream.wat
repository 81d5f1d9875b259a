;; A fast source and a slow end: a line `n` sends n messages down a chain of so many nodes, whose last takes its time
;; over every twentieth: `stream.wat DEPTH`.
(ns stream)

(defn main [] -> nil
  (match (map parse-i64 (args))
    ([(Some depth)] (feed (spawn-process (node depth))))
    (_              (panic! "usage: stream.wat DEPTH"))))

(defn feed [below <- (Peer i64 i64)] -> nil
  (match (readln -> i64)
    ((Some n) (do (push below n) (println n) (feed below)))
    (None nil)))

(defn push [below <- (Peer i64 i64)  n <- i64] -> nil
  (when (> n 0)
    (unwrap (send below n) "send")
    (push below (- n 1))))

(defn node [depth <- i64] -> (Program i64 i64)
  (fn {:in i64 :out i64} []
    (if (= depth 1) (swallow 0) (pass (spawn-process (node (- depth 1)))))))

(defn pass [below <- (Peer i64 i64)] -> nil
  (match (readln -> i64)
    ((Some n) (do (unwrap (send below n) "send") (pass below)))
    (None nil)))

(defn swallow [taken <- i64] -> nil
  (match (readln -> i64)
    ((Some _) (do (when (= 0 (mod taken 20)) (sleep (millis 1)))
                  (swallow (+ taken 1))))
    (None nil)))
