(defalias Row (Vector String))
;; error[redefinition]
(defalias Row (Vector i64))
(defn main [] -> nil (println 1))
