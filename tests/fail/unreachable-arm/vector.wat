(defn f [xs <- (Vector i64)] -> i64
  (match xs ([& r] 0)
    ;; warning[unreachable-arm]
    ([] 2)))
(defn main [] -> nil (println (f [])))
