;; Stable, by the total order of the elements or of a key.
(defstruct Person [name <- String  age <- i64])
(defn main [] -> nil
  (println (sort [3 1 2]))
  (println (sort ["pear" "fig" "apple"]))
  (println (sort [[2 1] [1 9] [1]]))
  (println (sort [(tuple 2 "a") (tuple 1 "b") (tuple 1 "a")]))
  (println (map :name (sort-by :age [(Person "a" 30) (Person "b" 20) (Person "c" 30) (Person "d" 20)])))
  (println (sort-by (fn [n] (- n)) [1 3 2]))
  (println (sort [true false]))
  (println (let [v (sort (map (fn [n] (mod (* n 7919) 1000)) (vec (range 1000))))]
             [(nth v 0) (nth v 500) (nth v 999)])))
