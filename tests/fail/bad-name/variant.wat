;; error[bad-name]
(defenum Shape circle)
(defn main [] -> nil (println 1))
