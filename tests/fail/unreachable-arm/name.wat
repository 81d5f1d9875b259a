(defn f [o <- (Option i64)] -> i64
  (match o (none 0)
    ;; warning[unreachable-arm]
    ((Some n) n)))
(defn main [] -> nil (println (f None)))
