(defenum Shape (Circle [r <- f64]) Empty)
(defn main [] -> nil
  (match Shape/Empty
    ((Shape/Circle r x) (println r))
    (_ nil)))
