;; Methods with type variables, bounds and rest parameters of their own; annotations and `Self` in implementations.
(defprotocol Holder
  (visit [self <- Self  f <- (Fn [i64] -> T)  init <- T] -> (Vector T))
  (largest {:where [(Ord K)]} [self <- Self  key <- (Fn [i64] -> K)] -> (Option i64))
  (plus-all [self <- Self  & more <- i64] -> Self)
  (same [self <- Self  other <- Self] -> bool false))

(defstruct One [n <- i64])
(extend One Holder
  (visit [o f init] [init (f (:n o))])
  (largest [o key] (Some (:n o)))
  (plus-all [o & more] (One (reduce + (:n o) more)))
  (same [a <- One  b <- Self] -> bool (= (:n a) (:n b))))
;; The type's variable has the name of the method's own.
(extend (Tuple i64 T) Holder
  (visit [(tuple n _) f init] (conj [init] (f n)))
  (largest [(tuple n _) _] (Some n))
  (plus-all [(tuple n x) & more] (tuple (reduce + n more) x)))
(extend (Vector i64) Holder
  (visit [xs f init] (into [init] (map f xs)))
  (largest [xs key] (max-by key xs))
  (plus-all [xs & more] (let [own (fn [a <- Self] -> Self (into a more))] (own xs))))

(defn shown {:where [(Holder H)]} [h <- H] -> (Vector String) (visit h (fn [n] (str "#" n)) "start"))

(defn main [] -> nil
  (println (visit (One 5) (fn [n] (* 1.5 (f64 n))) 0.0))
  (println (visit (tuple 6 "x") str "?"))
  (println (visit [1 2] (fn [n] [n]) []))
  (println (shown [1 2]))
  (println (shown (One 3)))
  (println (largest [3 9 4] (fn [n] (- n))))
  (println (largest [3 9 4] str))
  (println (plus-all (One 1) 2 3))
  (println (plus-all [1] 2 3))
  (println (plus-all (tuple 1 :a)))
  (println (same (One 1) (One 1)))
  (println (same [1] [1])))
