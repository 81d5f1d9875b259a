(defn f [] -> i64 1)
(defn main [] -> nil
  ;; error[not-wire]
  (println f))
