;; error[bad-syntax]
(defn f {:in i64 :out i64} [x <- i64] -> nil (println x))
;; error[bad-syntax]
(defn g {:out i64} [] -> i64 1)
;; error[bad-syntax]
(defn h {:private 5} [] -> i64 1)
(defn main [] -> nil (do (f 1) (println (+ (g) (h)))))
