;; A fast source and a slow end: a line `n` sends n messages of a hundred bytes down a chain of so many nodes, whose
;; last rests after every twentieth: `stream.wat DEPTH`.
(ns stream (:use [wat.string :only [times]]))

(defn main [] -> nil
  (match (map parse-i64 (args))
    ([(Some depth)] (feed (spawn-process (node depth)) (times 97 "x")))
    (_              (panic! "usage: stream.wat DEPTH"))))

(defn feed [below <- (Peer String i64)  message <- String] -> nil
  (match (readln -> i64)
    ((Some n) (do (push below message n) (println n) (feed below message)))
    (None nil)))

(defn push [below <- (Peer String i64)  message <- String  n <- i64] -> nil
  (when (> n 0)
    (unwrap (send below message) "send")
    (push below message (- n 1))))

(defn node [depth <- i64] -> (Program String i64)
  (fn {:in String :out i64} []
    (if (= depth 1) (swallow 0) (pass (spawn-process (node (- depth 1)))))))

(defn pass [below <- (Peer String i64)] -> nil
  (match (readln -> String)
    ((Some message) (do (unwrap (send below message) "send") (pass below)))
    (None nil)))

(defn swallow [taken <- i64] -> nil
  (match (readln -> String)
    ((Some _) (do (when (= 0 (mod taken 20)) (sleep (millis 1)))
                  (swallow (+ taken 1))))
    (None nil)))
