;; The sum of the numbers on stdin; a crash where something else stands there.
(ns total)

(defn main [] -> nil (println (sum 0)))

(defn sum [so-far <- i64] -> i64
  (match (readln -> i64)
    ((Some n) (sum (+ so-far n)))
    (None so-far)))
