(defn main [] -> nil
  ;; error[ambiguous-type]
  (let [f (fn [p] (:x p))] (println 1)))
