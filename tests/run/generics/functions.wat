;; A capital letter in a signature is a type variable; bounds are stated.
(defn pair [a <- A  b <- B] -> (Tuple A B) (tuple a b))
(defn swap [p <- (Tuple A B)] -> (Tuple B A) (let [(tuple a b) p] (tuple b a)))
(defn largest {:where [(Ord T)]} [xs <- (Vector T)] -> (Option T)
  (reduce (fn [best x] (match best (None (Some x)) ((Some b) (Some (max b x))))) None xs))
(defn same? {:where [(Eq T)]} [a <- T  b <- T] -> bool (= a b))
(defn total {:where [(Num T)]} [a <- T  b <- T] -> T (+ a b b))
(defn main [] -> nil
  (println (swap (pair 1 "a")))
  (println [(largest [3 9 2]) (largest [])])
  (println (largest ["b" "c" "a"]))
  (println (same? [1] [1]))
  (println (total 1 2))
  (println (total 1.5 2.0)))
