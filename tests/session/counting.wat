;; Counts for ever.
(ns counting)

(defn main [] -> nil (from 0))

(defn from [n <- i64] -> nil
  (do (println n) (from (+ n 1))))
