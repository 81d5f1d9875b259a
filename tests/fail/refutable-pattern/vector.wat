(defn main [] -> nil
  ;; error[refutable-pattern]
  (let [[a b] [1 2]] (println a)))
