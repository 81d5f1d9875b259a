(defn f [o <- (Option (Option i64))] -> i64
  ;; error[missing-case]
  (match o
    (None 0)
    ((Some (Some n)) n)))
(defn main [] -> nil (println (f None)))
