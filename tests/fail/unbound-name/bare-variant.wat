(defenum Shape (Circle [r <- i64]) Dot)
(defn main [] -> nil
  ;; error[unbound-name]
  (match (Circle 1)
    ((Shape/Circle r) (println r))
    (Shape/Dot nil)))
