(defn main [] -> nil
  ;; error[wrong-arity]
  (println (#(+ 1 2) 1)))
