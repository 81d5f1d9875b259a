;; error[bad-name]
(defn Main [] -> nil (println 1))
