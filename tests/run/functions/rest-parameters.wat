;; The rest parameter is a vector.
(defn sum [& xs <- i64] -> i64 (reduce + 0 xs))
(defn tagged [tag <- String  & xs <- i64] -> String (str tag (count xs) xs))
(defn main [] -> nil
  (println [(sum) (sum 1) (sum 1 2 3)])
  (println (tagged "n"))
  (println (tagged "n" 1 2)))
