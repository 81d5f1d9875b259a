(defn main [] -> nil
  ;; error[bad-literal]
  (println #uuid "1234"))
