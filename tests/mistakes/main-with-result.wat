(defn main [] -> i64 0)
