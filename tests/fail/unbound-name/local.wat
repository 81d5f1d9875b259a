(defn main [] -> nil
  ;; error[unbound-name]
  (println (pritn 1)))
