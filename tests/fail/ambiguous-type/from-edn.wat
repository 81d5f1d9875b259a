(defn main [] -> nil
  ;; error[ambiguous-type]
  (println (from-edn (edn 1))))
