(defn main [] -> nil (println 1))
;; error[stray-expression]
(println 2)
