(defn main [] -> nil
  (println [1
            ;; error[type-mismatch]
            "two"]))
