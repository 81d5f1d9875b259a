;; error[bad-main]
(defn main [] -> i64 1)
