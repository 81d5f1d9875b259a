;; Equal maps and sets print alike, in whatever order they were made.
(defn main [] -> nil
  (let [up   (reduce (fn [m n] (assoc m n true)) {} (range 200))
        down (reduce (fn [m n] (assoc m (- 199 n) true)) {} (range 200))
        more (dissoc (assoc up 999 true) 999)]
    (println (= up down more))
    (println [(= (str up) (str down)) (= (str up) (str more))])
    (println (= (vec up) (vec down)))
    (println (= (str (set (range 50))) (str (set (reverse (vec (range 50)))))))))
