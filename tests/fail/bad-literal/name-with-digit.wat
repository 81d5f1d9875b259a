;; error[bad-literal]
(defn 2x [] -> i64 1)
(defn main [] -> nil (println 1))
