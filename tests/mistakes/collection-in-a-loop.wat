(defn main [] -> nil
  (let [seen []]
    (doseq [n [1 2 3]]
      (conj seen n))
    (println seen)))
