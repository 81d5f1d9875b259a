(defn f [x <- T] -> nil
  ;; error[missing-bound]
  (println x))
(defn main [] -> nil (f 1))
