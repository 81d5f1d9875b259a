;; Several bounds, on one type and on several, of the language's protocols and of the program's.
(defprotocol Named (label [self <- Self] -> String))
(defprotocol Priced (price [self <- Self] -> i64))
(defprotocol Stored (key-of [self <- Self] -> i64))
(defstruct Tea {:derive [Ord]} [kind <- String  cents <- i64])
(defstruct Cup [size <- i64])
(extend Tea Named (label [t] (:kind t)))
(extend Tea Priced (price [t] (:cents t)))
(extend Tea Stored (key-of [t] (count (:kind t))))
(extend Cup Named (label [c] (str "cup of " (:size c))))
(extend Cup Priced (price [c] (* 100 (:size c))))
(extend (Vector T) Priced {:where [(Priced T)]} (price [xs] (reduce + 0 (map price xs))))
(extend (Tuple A B) Priced {:where [(Priced A) (Priced B)]} (price [(tuple a b)] (+ (price a) (price b))))

(defn tag {:where [(Named T) (Priced T)]} [x <- T] -> String (str (label x) ": " (price x)))
(defn dearer {:where [(Priced A) (Named A) (Priced B) (Named B)]} [a <- A  b <- B] -> String
  (if (> (price a) (price b)) (label a) (label b)))
(defn best {:where [(Ord T) (Named T)]} [xs <- (Vector T)] -> String
  (match (first (reverse (sort xs))) (None "none") ((Some x) (label x))))
(defn index {:where [(Stored T) (Wire T)]} [xs <- (Vector T)] -> (Map i64 T)
  (reduce (fn [m x] (assoc m (key-of x) x)) {} xs))

(defn main [] -> nil
  (println (tag (Tea "green" 250)))
  (println (tag (Cup 3)))
  (println (dearer (Tea "green" 250) (Cup 3)))
  (println (best [(Tea "black" 1) (Tea "white" 2) (Tea "oolong" 3)]))
  (println (price [[(tuple (Tea "a" 1) (Cup 2))] []]))
  (println (index [(Tea "mint" 4)])))
