;; The prelude's sets. A room of `core.wat`, which says how definitions are written.
(ns wat.core)

(defn count-set "The number of elements. Example: (count #{1 2}) => 2"
  {:overload count :intrinsic "set_count"}
  [s <- (Set T)] -> i64)

(defn conj-set "The set with an element added. Example: (conj #{1} 1) => #{1}"
  {:overload conj :intrinsic "set_conj" :where [(Hash T)]}
  [s <- (Set T)  x <- T] -> (Set T))

(defn disj "The set without an element. Example: (disj #{1} 1) => #{}"
  {:intrinsic "set_disj" :where [(Hash T)]}
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
