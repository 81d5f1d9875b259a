;; error[duplicate-field]
(defenum Sh (Rect [w <- i64 w <- i64]))
(defn main [] -> nil (println 1))
