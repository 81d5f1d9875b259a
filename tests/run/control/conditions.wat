;; Tests are bool; `and` and `or` stop early; `cond` has `:else`.
(defn say [b <- bool] -> bool (do (println b) b))
(defn sign [n <- i64] -> keyword (cond (< n 0) :minus (> n 0) :plus :else :zero))
(defn main [] -> nil
  (println (map sign [-5 0 5]))
  (println (and (say false) (say true)))
  (println (or (say true) (say false)))
  (println [(and true true true) (or false false) (not true)])
  (when (= 1 1) (println "when"))
  (when (= 1 2) (println "never"))
  (if (= 1 2) (println "never"))
  (println (-> 5 (- 1) (* 2)))
  (println (->> [1 2 3] (map inc) (filter even?))))
