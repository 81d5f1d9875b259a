(defn main [] -> nil
  ;; error[wrong-arity]
  (println (assoc {:a 1} :b)))
