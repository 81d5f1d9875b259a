;; The prelude's maps. A room of `core.wat`, which says how definitions are written.
(ns wat.core)

(defn count-map "The number of entries. Example: (count {:a 1}) => 1"
  {:overload count :intrinsic "map_count"}
  [m <- (Map K V)] -> i64)

(defn get-map "The value under the key, if any. Example: (get {:a 1} :a) => 1"
  {:overload get :intrinsic "map_get" :where [(Hash K)]}
  [m <- (Map K V)  k <- K] -> (Option V))

(defn get-map-or "The value under the key, or the default. Example: (get {:a 1} :b 0) => 0"
  {:overload get :where [(Hash K)]}
  [m <- (Map K V)  k <- K  default <- V] -> V
  (match (get-map m k) ((Some v) v) (None default)))

(defn assoc-map "The map with the value under the key. Example: (assoc {:a 1} :a 2) => {:a 2}"
  {:overload assoc :intrinsic "map_assoc" :where [(Hash K)]}
  [m <- (Map K V)  k <- K  v <- V] -> (Map K V))

(defn dissoc "The map without the key. Example: (dissoc {:a 1} :a) => {}"
  {:intrinsic "map_dissoc" :where [(Hash K)]}
  [m <- (Map K V)  k <- K] -> (Map K V))

(defn contains-map? "Whether there is an entry under the key. Example: (contains? {:a 1} :a) => true"
  {:overload contains? :intrinsic "map_contains" :where [(Hash K)]}
  [m <- (Map K V)  k <- K] -> bool)

(defn map-entries "The entries as tuples, in the map's order. Example: (vec {:a 1}) => [[:a 1]]"
  {:overload vec :intrinsic "map_entries"}
  [m <- (Map K V)] -> (Vector (Tuple K V)))

(defn keys "The keys, in the map's order. Example: (keys {:a 1}) => [:a]"
  {:intrinsic "map_keys"}
  [m <- (Map K V)] -> (Vector K))

(defn vals "The values, in the map's order. Example: (vals {:a 1}) => [1]"
  {:intrinsic "map_vals"}
  [m <- (Map K V)] -> (Vector V))

(defn empty-map? "Whether it has no entries. Example: (empty? {:a 1}) => false"
  {:overload empty?}
  [m <- (Map K V)] -> bool
  (= (count-map m) 0))

(defn update-map
  "The map with the function applied to what is under the key, if anything.
  Example: (update {:a 1} :a (fn [n] (+ 1 (unwrap-or n 0)))) => {:a 2}"
  {:overload update :where [(Hash K)]}
  [m <- (Map K V)  k <- K  f <- (Fn [(Option V)] -> V)] -> (Map K V)
  ;; Taken out before the function sees it, the old value has one owner and can be changed in place.
  (match (get-map m k)
    (None (assoc-map m k (f None)))
    (old  (let [without (dissoc m k)] (assoc-map without k (f old))))))

(defn merge "All entries; under a key in several the last. Example: (merge {:a 1} {:a 2}) => {:a 2}"
  {:variadic fold :where [(Hash K)]}
  [a <- (Map K V)  b <- (Map K V)] -> (Map K V)
  (into-map a (map-entries b)))

(defn conj-map "The map with an entry added. Example: (conj {} (tuple :a 1)) => {:a 1}"
  {:overload conj :where [(Hash K)]}
  [m <- (Map K V)  entry <- (Tuple K V)] -> (Map K V)
  (let [(tuple k v) entry] (assoc-map m k v)))

(defn into-map "The map with the entries added. Example: (into {} [(tuple :a 1)]) => {:a 1}"
  {:overload into :on [0 1] :where [(Hash K)]}
  [to <- (Map K V)  from <- (Vector (Tuple K V))] -> (Map K V)
  (reduce-vector (fn [m entry] (conj-map m entry)) to from))

(defn map-map "The function applied to each entry, a tuple. Example: (map (fn [e] (let [(tuple k v) e] v)) {:a 1}) => [1]"
  {:overload map :on 1}
  [f <- (Fn [(Tuple K V)] -> B)  m <- (Map K V)] -> (Vector B)
  (map-vector f (map-entries m)))

(defn filter-map "The entries that pass the test. Example: (filter (fn [e] (let [(tuple k v) e] (> v 1))) {:a 1 :b 2}) => {:b 2}"
  {:overload filter :on 1 :where [(Hash K)]}
  [keep? <- (Fn [(Tuple K V)] -> bool)  m <- (Map K V)] -> (Map K V)
  (into-map {} (filter-vector keep? (map-entries m))))

(defn remove-map "The entries that fail the test. Example: (remove (fn [e] (let [(tuple k v) e] (> v 1))) {:a 1 :b 2}) => {:a 1}"
  {:overload remove :on 1 :where [(Hash K)]}
  [drop? <- (Fn [(Tuple K V)] -> bool)  m <- (Map K V)] -> (Map K V)
  (into-map {} (remove-vector drop? (map-entries m))))

(defn reduce-map "The function applied to what was gathered and the next entry. Example: (reduce (fn [sum e] (let [(tuple k v) e] (+ sum v))) 0 {:a 1 :b 2}) => 3"
  {:overload reduce :on 2}
  [f <- (Fn [A (Tuple K V)] -> A)  init <- A  m <- (Map K V)] -> A
  (reduce-vector f init (map-entries m)))

(defn every-map? "Whether all entries pass the test. Example: (every? (fn [e] (let [(tuple k v) e] (> v 1))) {:a 1}) => false"
  {:overload every? :on 1}
  [test <- (Fn [(Tuple K V)] -> bool)  m <- (Map K V)] -> bool
  (every-vector? test (map-entries m)))

(defn any-map? "Whether an entry passes the test. Example: (any? (fn [e] (let [(tuple k v) e] (= v 1))) {:a 1}) => true"
  {:overload any? :on 1}
  [test <- (Fn [(Tuple K V)] -> bool)  m <- (Map K V)] -> bool
  (any-vector? test (map-entries m)))

(defn sort-by-map "The entries in ascending order of what the function gives. Example: (sort-by (fn [e] (let [(tuple k v) e] v)) {:a 2 :b 1}) => [[:b 1] [:a 2]]"
  {:overload sort-by :on 1 :where [(Ord O)]}
  [f <- (Fn [(Tuple K V)] -> O)  m <- (Map K V)] -> (Vector (Tuple K V))
  (sort-by-vector f (map-entries m)))
