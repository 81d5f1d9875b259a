(defn main [] -> nil
  (let [m #{:a
           ;; error[type-mismatch]
           1}]
  (println (count m))))
