(defn main [] -> nil
  ;; error[ambiguous-type]
  (let [f (fn [p] (count p))] (println 1)))
