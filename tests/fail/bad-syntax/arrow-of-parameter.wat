;; error[bad-syntax]
(defn f [x -> i64] -> i64 x)
(defn main [] -> nil (println (f 1)))
