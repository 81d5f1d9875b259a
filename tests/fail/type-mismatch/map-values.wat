(defn main [] -> nil
  (let [m {:a 1
           ;; error[type-mismatch]
           :b "x"}]
  (println (count m))))
