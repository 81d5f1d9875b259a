(defn double [x <- i64] -> i64
  (* 2 x)

(defn main [] -> nil
  (println (double 4)))
