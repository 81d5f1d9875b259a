(defn main [] -> nil
  ;; error[bad-syntax]
  (with-peers [a] (println 1)))
