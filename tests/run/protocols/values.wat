;; Methods as values: passed, bound, returned, given to functions that ask for them.
(defprotocol Num2 (twice [self <- Self] -> Self) (plus [self <- Self  other <- Self] -> Self))
(extend i64 Num2 (twice [n] (* 2 n)) (plus [a b] (+ a b)))
(extend String Num2 (twice [s] (str s s)) (plus [a b] (str a b)))
(extend (Vector T) Num2 {:where [(Num2 T)]}
  (twice [xs] (map twice xs))
  (plus [a b] (map plus a b)))

(defn again [f <- (Fn [T] -> T)  x <- T] -> T (f (f x)))
(defn sum {:where [(Num2 T)]} [init <- T  xs <- (Vector T)] -> T (reduce plus init xs))
(defn doubler {:where [(Num2 T)]} [x <- T] -> (Fn [T] -> T) (fn [y] (plus (twice x) y)))
(defn chosen [big <- bool] -> (Fn [i64] -> i64) (if big twice (fn [n] n)))
(def double twice-of-i64)
(defn twice-of-i64 [n <- i64] -> i64 (twice n))

(defn main [] -> nil
  (println (map twice [1 2 3]))
  (println (map twice ["a" "b"]))
  (println (map plus [1 2] [10 20]))
  (println (again twice 5))
  (println (again twice ["x" "y"]))
  (println (sum 0 [1 2 3]))
  (println (sum "" ["a" "b"]))
  (println (sum [0 0] [[1 2] [3 4]]))
  (println ((doubler 4) 1))
  (println ((doubler ["p"]) ["q"]))
  (println ((chosen true) 8))
  (println (double 21))
  (let [f (fn [a <- String] (twice a))
        g #(plus % "!")]
    (println (g (f "ab"))))
  (println (-> 3 twice (plus 1) twice)))
