;; Guards, or, as, rest patterns, literals of each type, nested through each constructor.
(defstruct Pt [x <- i64  y <- i64])
(defenum Shape Empty (Dot [at <- Pt]) (Line [from <- Pt  to <- Pt]) (Poly [pts <- (Vector Pt)]))
(defenum (Tree T) Leaf (Node [left <- (Tree T)  value <- T  right <- (Tree T)]))
(defn f1 [v <- (Vector i64)] -> String
  (match v
    ([] "empty")
    ([1] "one-1")
    ([(or 2 3)] "2or3")
    ([(as _ n)] :when (> n 100) (str "big" n))
    ([n] (str "n" n))
    ([a b & (as [_ _] r)] (str "4:" a b r))
    ([a b & []] (str "2:" a b))
    ([_ & rest] (str "r" (count rest)))))
(defn f2 [s <- Shape] -> String
  (match s
    ((or (Shape/Dot (Pt x 0)) (Shape/Dot (Pt 0 x))) (str "axis " x))
    ((Shape/Dot {:x x :y y}) :when (= x y) (str "diag " x))
    ((Shape/Dot (as {:keys [x]} p)) (str "dot " x (:y p)))
    ((or Shape/Empty (Shape/Poly [])) "nothing")
    ((Shape/Poly [(Pt a b) & _]) (str "poly " a b))
    ((Shape/Line (Pt a _) {:y b}) (str "line " a b))))
(defn f3 [o <- (Option (Option (Result i64 String)))] -> String
  (match o
    ((Some (Some (Ok 0))) "zero")
    ((Some (Some (Ok n))) :when (even? n) "even")
    ((Some (Some (Ok _))) "odd")
    ((Some (Some (Err (or "a" "b")))) "ab")
    ((Some (Some (Err e))) e)
    ((Some None) "some none")
    (None "none")))
(defn f4 [t <- (Tuple i64 String (Vector char))] -> String
  (match t
    ((tuple 1 "x" [\a & _]) "1xa")
    ((tuple n (or "p" "q") []) (str n))
    ((tuple -5 _ _) "minus five")
    ((tuple _ s cs) (str s (count cs)))))
(defn f5 [t <- (Tree i64)] -> i64
  (match t (Tree/Leaf 0) ((Tree/Node Tree/Leaf v Tree/Leaf) v) ((Tree/Node l v r) (+ (f5 l) v (f5 r)))))
(defn f6 [b <- (Tuple bool bool)] -> i64
  (match b ((tuple true true) 3) ((tuple true false) 2) ((tuple false true) 1) ((tuple false false) 0)))
(defn f7 [x <- f64] -> String (match x (0.0 "zero") (1.5 "1.5") (##Inf "inf") (_ "other")))
(defn f8 [n <- i64] -> String
  (match n
    (-9223372036854775808 "min")
    (9223372036854775807 "max")
    ((or 1 2) :when (odd? n) "odd")
    ((as (or 1 2) m) (str "m" m))
    (n :when (> n 5) (str n))
    (_ "?")))
(defn main [] -> nil
  (println (map f1 [[] [1] [2] [3] [200] [7] [1 2 3 4] [1 2] [1 2 3] [1 2 3 4 5]]))
  (println (map f2
                [(Shape/Dot (Pt 4 0))
                 (Shape/Dot (Pt 0 5))
                 (Shape/Dot (Pt 3 3))
                 (Shape/Dot (Pt 3 4))
                 Shape/Empty
                 (Shape/Poly [])
                 (Shape/Poly [(Pt 1 2)])
                 (Shape/Line (Pt 1 2) (Pt 3 4))]))
  (println (map f3
                [(Some (Some (Ok 0)))
                 (Some (Some (Ok 2)))
                 (Some (Some (Ok 3)))
                 (Some (Some (Err "a")))
                 (Some (Some (Err "zz")))
                 (Some None)
                 None]))
  (println (map f4 [(tuple 1 "x" [\a]) (tuple 2 "q" []) (tuple -5 "" [\b]) (tuple 1 "x" [\b])]))
  (println (f5 (Tree/Node (Tree/Node Tree/Leaf 1 Tree/Leaf) 2 (Tree/Node Tree/Leaf 3 Tree/Leaf))))
  (println (map f6 [(tuple true true) (tuple true false) (tuple false true) (tuple false false)]))
  (println (map f7 [0.0 -0.0 1.5 ##Inf ##NaN 2.0]))
  (println (map f8 [-9223372036854775808 9223372036854775807 1 2 6 4]))
  (println (match "é" ("e" 1) ("é" 2) (_ 3)))
  (println (match :a/b (:a 1) (:a/b 2) (_ 3)))
  (println (match (seconds 1) (d (str d))))
  (println (match [[1 2] [3]] ([[a b] [c]] (+ a b c)) (_ 0))))
