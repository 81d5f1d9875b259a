(defn f [] -> String
  ;; error[unterminated-string]
  "abc)
(defn main [] -> nil
  (println (f)))
