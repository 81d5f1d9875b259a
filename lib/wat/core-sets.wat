;; The prelude's sets. A room of `core.wat`, which says how definitions are written.
(ns wat.core)

(defn count-set "The number of elements. Example: (count #{1 2}) => 2"
  {:overload count :intrinsic "set_count"}
  [s <- (Set T)] -> i64)

(defn conj-set "The set with elements added. Example: (conj #{1} 1) => #{1}"
  {:overload conj :variadic fold :intrinsic "set_conj" :where [(Hash T)]}
  [s <- (Set T)  x <- T] -> (Set T))

(defn disj "The set without elements. Example: (disj #{1 2 3} 1 3) => #{2}"
  {:variadic fold :intrinsic "set_disj" :where [(Hash T)]}
  [s <- (Set T)  x <- T] -> (Set T))

(defn contains-set? "Whether it is an element. Example: (contains? #{1 2} 3) => false"
  {:overload contains? :intrinsic "set_contains" :where [(Hash T)]}
  [s <- (Set T)  x <- T] -> bool)

(defn set-items "The elements, in the set's order. Example: (vec #{1}) => [1]"
  {:overload vec :intrinsic "set_items"}
  [s <- (Set T)] -> (Vector T))

(defn empty-set? "Whether it has no elements. Example: (empty? #{1}) => false"
  {:overload empty?}
  [s <- (Set T)] -> bool
  (= (count-set s) 0))

(defn set-of-vector "The different elements. Example: (count (set [1 2 1])) => 2"
  {:overload set :where [(Hash T)]}
  [xs <- (Vector T)] -> (Set T)
  (into-set #{} xs))

(defn into-set "The set with the elements added. Example: (count (into #{1} [1 2])) => 2"
  {:overload into :on [0 1] :where [(Hash T)]}
  [to <- (Set T)  from <- (Vector T)] -> (Set T)
  (reduce-vector (fn [s x] (conj-set s x)) to from))

(defn map-set "What the function gives for the elements. Example: (map even? #{1 3}) => #{false}"
  {:overload map :on 1 :where [(Hash B)]}
  [f <- (Fn [A] -> B)  s <- (Set A)] -> (Set B)
  (into-set #{} (map-vector f (set-items s))))

(defn filter-set "The elements that pass the test. Example: (filter even? #{1 2}) => #{2}"
  {:overload filter :on 1 :where [(Hash T)]}
  [keep? <- (Fn [T] -> bool)  s <- (Set T)] -> (Set T)
  (into-set #{} (filter-vector keep? (set-items s))))

(defn remove-set "The elements that fail the test. Example: (remove even? #{1 2}) => #{1}"
  {:overload remove :on 1 :where [(Hash T)]}
  [drop? <- (Fn [T] -> bool)  s <- (Set T)] -> (Set T)
  (into-set #{} (remove-vector drop? (set-items s))))

(defn reduce-set "The function applied to what was gathered and the next element. Example: (reduce + 0 #{1 2}) => 3"
  {:overload reduce :on 2}
  [f <- (Fn [A T] -> A)  init <- A  s <- (Set T)] -> A
  (reduce-vector f init (set-items s)))

(defn every-set? "Whether all elements pass the test. Example: (every? odd? #{1 3}) => true"
  {:overload every? :on 1}
  [test <- (Fn [T] -> bool)  s <- (Set T)] -> bool
  (every-vector? test (set-items s)))

(defn any-set? "Whether an element passes the test. Example: (any? even? #{1 3}) => false"
  {:overload any? :on 1}
  [test <- (Fn [T] -> bool)  s <- (Set T)] -> bool
  (any-vector? test (set-items s)))

(defn sort-set "The elements in ascending order. Example: (sort #{2 1}) => [1 2]"
  {:overload sort :where [(Ord T)]}
  [s <- (Set T)] -> (Vector T)
  (sort-vector (set-items s)))

(defn sort-by-set "The elements in ascending order of what the function gives. Example: (sort-by - #{1 2}) => [2 1]"
  {:overload sort-by :on 1 :where [(Ord K)]}
  [f <- (Fn [T] -> K)  s <- (Set T)] -> (Vector T)
  (sort-by-vector f (set-items s)))

(defn union "The elements of all. Example: (count (union #{1 2} #{2 3})) => 3"
  {:variadic fold :where [(Hash T)]}
  [a <- (Set T)  b <- (Set T)] -> (Set T)
  (if (< (count-set a) (count-set b))
    (into-set b (set-items a))
    (into-set a (set-items b))))

(defn intersection "The elements that are in all. Example: (intersection #{1 2} #{2 3}) => #{2}"
  {:variadic fold :where [(Hash T)]}
  [a <- (Set T)  b <- (Set T)] -> (Set T)
  (if (< (count-set b) (count-set a))
    (filter-set (fn [x] (contains-set? a x)) b)
    (filter-set (fn [x] (contains-set? b x)) a)))

(defn difference "The elements of the first that are in no other. Example: (difference #{1 2} #{2 3}) => #{1}"
  {:variadic fold :where [(Hash T)]}
  [a <- (Set T)  b <- (Set T)] -> (Set T)
  (if (< (count-set b) (count-set a))
    (reduce-vector (fn [s x] (disj s x)) a (set-items b))
    (remove-set (fn [x] (contains-set? b x)) a)))

(defn subset? "Whether all elements of the first are in the second. Example: (subset? #{1} #{1 2}) => true"
  {:where [(Hash T)]}
  [a <- (Set T)  b <- (Set T)] -> bool
  (and (<= (count-set a) (count-set b)) (every-set? (fn [x] (contains-set? b x)) a)))

(defn superset? "Whether all elements of the second are in the first. Example: (superset? #{1} #{1 2}) => false"
  {:where [(Hash T)]}
  [a <- (Set T)  b <- (Set T)] -> bool
  (subset? b a))

(defn find-set
  "An element that passes the test, if any: the first in the set's order. Example: (find even? #{1 2}) => 2"
  {:overload find :on 1}
  [test <- (Fn [T] -> bool)  s <- (Set T)] -> (Option T)
  (find-vector test (set-items s)))

(defn keep-set "The values that the function gives for some elements. Example: (keep parse-i64 #{\"1\" \"x\"}) => #{1}"
  {:overload keep :on 1 :where [(Hash B)]}
  [f <- (Fn [A] -> (Option B))  s <- (Set A)] -> (Set B)
  (into-set #{} (keep-vector f (set-items s))))

(defn group-by-set
  "The elements under what the function gives for each, in the set's order. Example: (group-by odd? #{1}) => {true [1]}"
  {:overload group-by :on 1 :where [(Hash K)]}
  [f <- (Fn [T] -> K)  s <- (Set T)] -> (Map K (Vector T))
  (group-by-vector f (set-items s)))

(defn min-by-set "The element with the least key, if any. Example: (min-by - #{1 2}) => 2"
  {:overload min-by :on 1 :where [(Ord K)]}
  [f <- (Fn [T] -> K)  s <- (Set T)] -> (Option T)
  (min-by-vector f (set-items s)))

(defn max-by-set "The element with the greatest key, if any. Example: (max-by - #{1 2}) => 1"
  {:overload max-by :on 1 :where [(Ord K)]}
  [f <- (Fn [T] -> K)  s <- (Set T)] -> (Option T)
  (max-by-vector f (set-items s)))

(defn not-any-set? "Whether no element passes the test. Example: (not-any? even? #{1 3}) => true"
  {:overload not-any? :on 1}
  [test <- (Fn [T] -> bool)  s <- (Set T)] -> bool
  (not (any-set? test s)))

(defn run-set! "The function called on each element, for what it does. Example: (run! (fn [n] (+ n 1)) #{1}) => nil"
  {:overload run! :on 1}
  [f <- (Fn [T] -> A)  s <- (Set T)] -> nil
  (run-vector! f (set-items s)))
