(defn main [] -> nil
  (let [n 1]
    (println (if (= n 1)
               "one"
               ;; error[type-mismatch]
               2))))
