(defn largest [a <- T  b <- T] -> T
  ;; error[missing-bound]
  (if (< a b) b a))
(defn main [] -> nil (println (largest 1 2)))
