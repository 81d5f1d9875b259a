;; A map is asked with `get`; what it lacks is None.
(defn main [] -> nil
  (let [m {:a 1 :b 2}]
    (println [(get m :a) (get m :z)])
    (println (get m :z 0))
    (println [(contains? m :a) (contains? m :z)])
    (println [(count m) (count (assoc m :c 3)) (count (assoc m :a 9)) (count (dissoc m :a))])
    (println (get (assoc m :a 9) :a))
    (println (get m :a))
    (println (sort (vals m)))
    (println (sort (map name (keys m))))
    (println (get (update m :a (fn [n] (+ 10 (unwrap n "a")))) :a))
    (println (get (update m :z (fn [n] (unwrap-or n 7))) :z))
    (println (= m {:b 2 :a 1}))
    (println (= (merge m {:a 5}) {:a 5 :b 2}))
    (println (tuple (empty? m) (count (merge m {:c 3} {:d 4}))))))
