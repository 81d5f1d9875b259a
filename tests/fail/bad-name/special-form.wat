;; error[bad-name]
(defn if [x <- i64] -> i64 x)
;; error[bad-name]
(def let 1)
(defn main [] -> nil (println "x"))
