(defenum Shape (Circle [r <- f64]) Empty)
(defn main [] -> nil
  (match Shape/Empty
    ((Circle r) (println r))
    (_ nil)))
