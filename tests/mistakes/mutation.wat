(defn main [] -> nil
  (let [total 0]
    (doseq [n [1 2 3]]
      (set! total (+ total n)))
    (println total)))
