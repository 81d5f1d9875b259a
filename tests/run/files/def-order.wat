;; A def may need another; each is evaluated once.
(def c (+ b 1))
(def a 1)
(def b (* a 10))
(def table (reduce (fn [m n] (assoc m n (* n n))) {} (range 100)))
(defn main [] -> nil
  (println [a b c])
  (println [(count table) (unwrap-or (get table 12) 0)]))
