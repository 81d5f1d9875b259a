;; `Self` may stand in the result alone: then the place says which implementation is meant, or `-> T` does.
(defprotocol Monoid
  (empty [] -> Self)
  (combine [a <- Self  b <- Self] -> Self))
(defstruct Stats [n <- i64  total <- i64])
(extend i64 Monoid (empty [] 0) (combine [a b] (+ a b)))
(extend String Monoid (empty [] "") (combine [a b] (str a b)))
(extend Stats Monoid
  (empty [] (Stats 0 0))
  (combine [a b] (Stats (+ (:n a) (:n b)) (+ (:total a) (:total b)))))
(extend (Vector T) Monoid (empty [] []) (combine [a b] (into a b)))
(extend (Tuple A B) Monoid {:where [(Monoid A) (Monoid B)]}
  (empty [] (tuple (empty) (empty)))
  (combine [(tuple a b) (tuple c d)] (tuple (combine a c) (combine b d))))
(extend (Option T) Monoid {:where [(Monoid T)]}
  (empty [] None)
  (combine [a b]
    (match (tuple a b)
      ((tuple None _) b)
      ((tuple _ None) a)
      ((tuple (Some x) (Some y)) (Some (combine x y))))))

(defn fold {:where [(Monoid T)]} [xs <- (Vector T)] -> T (reduce combine (empty) xs))
(defn fold-map {:where [(Monoid B)]} [f <- (Fn [A] -> B)  xs <- (Vector A)] -> B
  (reduce (fn [all x] (combine all (f x))) (empty) xs))

(defn main [] -> nil
  (println (fold [1 2 3]))
  (println (fold ["a" "b"]))
  (println (fold [[1] [2 3]]))
  (println (fold-map (fn [x] (Stats 1 x)) [3 4 5]))
  (println (fold [(tuple 1 "x") (tuple 2 "y")]))
  (println (fold [(Some 1) None (Some 5)]))
  (println (empty -> i64))
  (println (= (empty) ""))
  (println (+ 5 (empty)))
  (let [s (empty -> Stats)] (println s)))
