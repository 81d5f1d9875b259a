(defn main [] -> nil
  ;; error[infinite-type]
  (let [f (fn [x] (conj x x))] (println (count (f [])))))
