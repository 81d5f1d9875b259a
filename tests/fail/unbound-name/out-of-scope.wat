(defn main [] -> nil
  (let [x 1] (println x))
  ;; error[unbound-name]
  (println x))
