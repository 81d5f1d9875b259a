;; Types with parameters, recursive ones included.
(defstruct (Pair A B) [left <- A  right <- B])
(defenum (List T) Nil (Cons [head <- T  tail <- (List T)]))
(defn from [xs <- (Vector T)] -> (List T)
  (reduce (fn [l x] (List/Cons x l)) List/Nil (reverse xs)))
(defn length [l <- (List T)] -> i64
  (loop [l l n 0] (match l (List/Nil n) ((List/Cons _ t) (recur t (+ n 1))))))
(defn main [] -> nil
  (println (Pair 1 "a"))
  (println (:right (Pair :left 1 :right [2.5])))
  (println (from [1 2]))
  (println (length (from [1 2 3])))
  (println (= (from ["a"]) (List/Cons "a" List/Nil)))
  (println (length (from (vec (range 200000))))))
