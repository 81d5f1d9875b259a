;; error[bad-type]
(defalias Aa (Vector Bb))
(defalias Bb (Vector Aa))
(defn main [] -> nil (println 1))
