(defn main [] -> nil
  ;; error[infinite-type]
  (let [f (fn [x] (x x))]
    (println 1)))
