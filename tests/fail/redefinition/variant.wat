;; error[redefinition]
(defenum Li Red Red)
(defn main [] -> nil (println 1))
