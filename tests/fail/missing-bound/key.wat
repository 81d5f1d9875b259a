(defn main [] -> nil
  ;; error[missing-bound]
  (println (count {(fn [x] x) 1})))
