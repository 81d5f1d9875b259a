(defn main [] -> nil
  (let [n (count [1 2])]
    ;; error[type-mismatch]
    (println (* n 1.5))))
