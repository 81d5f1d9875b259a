(defn f [o <- (Option i64)] -> i64
  ;; error[missing-case]
  (match o ((as (Some n) p) n)))
(defn main [] -> nil (println (f None)))
