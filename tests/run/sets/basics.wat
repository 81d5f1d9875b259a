;; Each element once.
(defn main [] -> nil
  (let [s #{1 2 3}]
    (println [(count s) (count (conj s 3)) (count (conj s 4)) (count (disj s 1))])
    (println [(contains? s 1) (contains? s 9)])
    (println (= s #{3 2 1}))
    (println (sort s))
    (println (= (set [1 2 2 3]) s))
    (println (map even? #{1 3}))
    (println (sort (filter odd? s)))
    (println (reduce + 0 s))
    (println (sort (into s [3 4 5])))
    (println (= (set (range 3)) #{0 1 2}))))
