(defn sum-to [n <- i64] -> i64
  (loop [i n]
    (if (= i 0) 0 (+ i (recur (- i 1))))))
(defn main [] -> nil (println (sum-to 3)))
