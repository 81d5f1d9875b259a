;; A Seq is a recipe: what is not asked for is not computed, and each traversal computes again.
(defn noisy [n <- i64] -> i64 (do (println n) (* n n)))
(defn main [] -> nil
  (println (vec (range 5)))
  (println [(vec (range 2 5)) (vec (range 0 10 3)) (vec (range 5 0 -2)) (vec (range 3 3))])
  (println (vec (take 3 (map noisy (range)))))
  (println (first (filter (fn [n] (> n 10)) (map (fn [n] (* n n)) (range)))))
  (let [s (map noisy (range 2))]
    (println (reduce + 0 s))
    (println (count s)))
  (println (vec (take 4 (iterate (fn [n] (* 2 n)) 1))))
  (println (vec (take-while (fn [n] (< n 3)) (range))))
  (println (vec (concat (range 2) (range 2))))
  (println (vec (take 2 (repeat :x))))
  (println (vec (zip (range) (drop 5 (range 7)))))
  (println (into [9] (range 2)))
  (println (= (into #{} (range 3)) #{0 1 2}))
  (println (reduce + 0 (range 1000000))))
