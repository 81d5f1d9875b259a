;; Entries are tuples; map over a map gives a vector, filter a map.
(defn main [] -> nil
  (let [m {"a" 1 "b" 2 "c" 3}]
    (println (sort (map (fn [e] (let [(tuple k v) e] (str k v))) m)))
    (println (= (filter (fn [e] (let [(tuple k v) e] (> v 1))) m) {"b" 2 "c" 3}))
    (println (reduce (fn [sum e] (let [(tuple k v) e] (+ sum v))) 0 m))
    (println (sort (vec m)))
    (println (= m (into {} (zip ["c" "b" "a"] [3 2 1]))))
    (println (sort-by (fn [e] (let [(tuple k v) e] (- v))) m))
    (println (frequencies ["x" "x" "x"]))
    (println (= (frequencies [1 2 1]) {1 2 2 1}))
    (println (= (group-by odd? [1 2 3 4]) {true [1 3] false [2 4]}))))
