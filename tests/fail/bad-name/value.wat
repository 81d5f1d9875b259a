;; error[bad-name]
(def Limit 1)
(defn main [] -> nil (println Limit))
