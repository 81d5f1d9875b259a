(defn main [] -> nil
  (let [n 3]
    (println (wat.string/upper n))))
