(defn f [n <- i64] -> i64 n)
(defn main [] -> nil
  ;; error[missing-bound]
  (println (= f f)))
