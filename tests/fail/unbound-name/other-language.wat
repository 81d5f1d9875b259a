(defn main [] -> nil
  ;; error[unbound-name]
  (println ((lambda [x] x) 1)))
