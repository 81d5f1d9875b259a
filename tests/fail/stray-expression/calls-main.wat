(defn main [] -> nil (println 1))
;; error[stray-expression]
(main)
