;; error[bad-syntax]
(defenum Shape)
(defn main [] -> nil (println 1))
