(defn main [] -> nil
  ;; error[bad-literal]
  (println #inst "yesterday"))
