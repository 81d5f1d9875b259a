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

(defn dissoc "The map without the keys. Example: (dissoc {:a 1 :b 2 :c 3} :a :c) => {:b 2}"
  {:variadic fold :intrinsic "map_dissoc" :where [(Hash K)]}
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

(defn conj-map "The map with entries added. Example: (conj {} (tuple :a 1)) => {:a 1}"
  {:overload conj :variadic fold :where [(Hash K)]}
  [m <- (Map K V)  entry <- (Tuple K V)] -> (Map K V)
  (let [(tuple k v) entry] (assoc-map m k v)))

(defn into-map "The map with the entries added. Example: (into {} [(tuple :a 1)]) => {:a 1}"
  {:overload into :on [0 1] :where [(Hash K)]}
  [to <- (Map K V)  from <- (Vector (Tuple K V))] -> (Map K V)
  (reduce-vector (fn [m entry] (conj-map m entry)) to from))

(defn map-map
  "The function applied to each entry, a tuple. Example: (map (fn [e] (let [(tuple k v) e] v)) {:a 1}) => [1]"
  {:overload map :on 1}
  [f <- (Fn [(Tuple K V)] -> B)  m <- (Map K V)] -> (Vector B)
  (map-vector f (map-entries m)))

(defn filter-map
  "The entries that pass the test. Example: (filter (fn [e] (let [(tuple k v) e] (> v 1))) {:a 1 :b 2}) => {:b 2}"
  {:overload filter :on 1 :where [(Hash K)]}
  [keep? <- (Fn [(Tuple K V)] -> bool)  m <- (Map K V)] -> (Map K V)
  (into-map {} (filter-vector keep? (map-entries m))))

(defn remove-map
  "The entries that fail the test. Example: (remove (fn [e] (let [(tuple k v) e] (> v 1))) {:a 1 :b 2}) => {:a 1}"
  {:overload remove :on 1 :where [(Hash K)]}
  [drop? <- (Fn [(Tuple K V)] -> bool)  m <- (Map K V)] -> (Map K V)
  (into-map {} (remove-vector drop? (map-entries m))))

(defn reduce-map "The function applied to what was gathered and the next entry. Example: (reduce (fn [sum e] (let [(tuple k v) e] (+ sum v))) 0 {:a 1 :b 2}) => 3"
  {:overload reduce :on 2}
  [f <- (Fn [A (Tuple K V)] -> A)  init <- A  m <- (Map K V)] -> A
  (reduce-vector f init (map-entries m)))

(defn every-map?
  "Whether all entries pass the test. Example: (every? (fn [e] (let [(tuple k v) e] (> v 1))) {:a 1}) => false"
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

(defn assoc-two-map "The map with values under two keys. Example: (count (assoc {} :a 1 :b 2)) => 2"
  {:overload assoc :where [(Hash K)]}
  [m <- (Map K V)  k <- K  v <- V  k2 <- K  v2 <- V] -> (Map K V)
  (assoc-map (assoc-map m k v) k2 v2))

(defn assoc-three-map "The map with values under three keys. Example: (count (assoc {} :a 1 :b 2 :c 3)) => 3"
  {:overload assoc :where [(Hash K)]}
  [m <- (Map K V)  k <- K  v <- V  k2 <- K  v2 <- V  k3 <- K  v3 <- V] -> (Map K V)
  (assoc-map (assoc-map (assoc-map m k v) k2 v2) k3 v3))

(defn zipmap "The map from each key to the value at its position, as far as the shorter goes. Example: (zipmap [:a] [1 2]) => {:a 1}"
  {:where [(Hash K)]}
  [ks <- (Vector K)  vs <- (Vector V)] -> (Map K V)
  (let [n (min (count-vector ks) (count-vector vs))]
    (loop [i 0 m {}]
      (if (< i n) (recur (+ i 1) (assoc-map m (nth-vector ks i) (nth-vector vs i))) m))))

(defn merge-with
  "All entries; values under a key in several made one by the function. Example: (merge-with + {:a 1} {:a 2}) => {:a 3}"
  {:where [(Hash K)]}
  [f <- (Fn [V V] -> V)  a <- (Map K V)  b <- (Map K V)] -> (Map K V)
  (reduce-vector
   (fn [m entry]
     (let [(tuple k v) entry]
       (match (get-map m k)
         ((Some old) (assoc-map m k (f old v)))
         (None       (assoc-map m k v)))))
   a (map-entries b)))

(defn select-keys "The entries under these keys. Example: (select-keys {:a 1 :b 2} [:a :c]) => {:a 1}"
  {:where [(Hash K)]}
  [m <- (Map K V)  ks <- (Vector K)] -> (Map K V)
  (reduce-vector
   (fn [out k] (match (get-map m k) ((Some v) (assoc-map out k v)) (None out)))
   {} ks))

(defn map-vals "The function applied to each value. Example: (map-vals inc {:a 1}) => {:a 2}"
  {:where [(Hash K)]}
  [f <- (Fn [A] -> B)  m <- (Map K A)] -> (Map K B)
  (reduce-vector (fn [out entry] (let [(tuple k v) entry] (assoc-map out k (f v)))) {} (map-entries m)))

(defn map-keys "The function applied to each key; of entries whose keys become the same, the last in the map's order stays. Example: (map-keys name {:a 1}) => {\"a\" 1}"
  {:where [(Hash K2)]}
  [f <- (Fn [K] -> K2)  m <- (Map K V)] -> (Map K2 V)
  (reduce-vector (fn [out entry] (let [(tuple k v) entry] (assoc-map out (f k) v))) {} (map-entries m)))

(defn map-invert "The map from values to keys; of equal values the last in the map's order counts. Example: (map-invert {:a 1}) => {1 :a}"
  {:where [(Hash V)]}
  [m <- (Map K V)] -> (Map V K)
  (reduce-vector (fn [out entry] (let [(tuple k v) entry] (assoc-map out v k))) {} (map-entries m)))

(defn reduce-kv "`reduce` over keys and values. Example: (reduce-kv (fn [sum k v] (+ sum v)) 0 {:a 1 :b 2}) => 3"
  [f <- (Fn [A K V] -> A)  init <- A  m <- (Map K V)] -> A
  (reduce-vector (fn [acc entry] (let [(tuple k v) entry] (f acc k v))) init (map-entries m)))

(defn get-in
  "The value under a key of the map under a key, if any. Example: (get-in {:a {\"b\" 1}} (tuple :a \"b\")) => 1"
  {:where [(Hash K) (Hash L)]}
  [m <- (Map K (Map L V))  path <- (Tuple K L)] -> (Option V)
  (let [(tuple k l) path]
    (match (get-map m k) ((Some inner) (get-map inner l)) (None None))))

(defn assoc-in "The map with the value under a key of the map under a key, which is made where it is missing. Example: (assoc-in {} (tuple :a \"b\") 1) => {:a {\"b\" 1}}"
  {:where [(Hash K) (Hash L)]}
  [m <- (Map K (Map L V))  path <- (Tuple K L)  v <- V] -> (Map K (Map L V))
  (let [(tuple k l) path]
    (update-map m k (fn [inner] (assoc-map (unwrap-or-option inner {}) l v)))))

(defn update-in "`update` of a key of the map under a key. Example: (update-in {:a {:b 1}} (tuple :a :b) (fn [n] (+ 1 (unwrap-or n 0)))) => {:a {:b 2}}"
  {:where [(Hash K) (Hash L)]}
  [m <- (Map K (Map L V))  path <- (Tuple K L)  f <- (Fn [(Option V)] -> V)] -> (Map K (Map L V))
  (let [(tuple k l) path]
    (update-map m k (fn [inner] (update-map (unwrap-or-option inner {}) l f)))))

(defn find-map "An entry that passes the test, if any: the first in the map's order. Example: (find (fn [e] (let [(tuple k v) e] (> v 1))) {:a 1 :b 2}) => [:b 2]"
  {:overload find :on 1}
  [test <- (Fn [(Tuple K V)] -> bool)  m <- (Map K V)] -> (Option (Tuple K V))
  (find-vector test (map-entries m)))

(defn keep-map "The values that the function gives for some entries. Example: (keep (fn [e] (let [(tuple k v) e] (if (> v 1) (Some k) None))) {:a 1 :b 2}) => [:b]"
  {:overload keep :on 1}
  [f <- (Fn [(Tuple K V)] -> (Option B))  m <- (Map K V)] -> (Vector B)
  (keep-vector f (map-entries m)))

(defn mapcat-map "What the function makes of each entry, one after another. Example: (mapcat (fn [e] (let [(tuple k v) e] [k k])) {:a 1}) => [:a :a]"
  {:overload mapcat :on 1}
  [f <- (Fn [(Tuple K V)] -> (Vector B))  m <- (Map K V)] -> (Vector B)
  (mapcat-vector f (map-entries m)))

(defn group-by-map "The entries under what the function gives for each. Example: (group-by (fn [e] (let [(tuple k v) e] v)) {:a 1}) => {1 [[:a 1]]}"
  {:overload group-by :on 1 :where [(Hash G)]}
  [f <- (Fn [(Tuple K V)] -> G)  m <- (Map K V)] -> (Map G (Vector (Tuple K V)))
  (group-by-vector f (map-entries m)))

(defn min-by-map "The entry with the least key of order, if any. Example: (min-by (fn [e] (let [(tuple k v) e] v)) {:a 2 :b 1}) => [:b 1]"
  {:overload min-by :on 1 :where [(Ord O)]}
  [f <- (Fn [(Tuple K V)] -> O)  m <- (Map K V)] -> (Option (Tuple K V))
  (min-by-vector f (map-entries m)))

(defn max-by-map "The entry with the greatest key of order, if any. Example: (max-by (fn [e] (let [(tuple k v) e] v)) {:a 2 :b 1}) => [:a 2]"
  {:overload max-by :on 1 :where [(Ord O)]}
  [f <- (Fn [(Tuple K V)] -> O)  m <- (Map K V)] -> (Option (Tuple K V))
  (max-by-vector f (map-entries m)))
