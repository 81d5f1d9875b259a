;; The prelude's vectors. A room of `core.wat`, which says how definitions are written. Loops go by index and gather
;; with `conj-vector`, which works in place on the one owner.
(ns wat.core)

(defn count-vector "The number of elements. Example: (count [1 2 3]) => 3"
  {:overload count :intrinsic "vec_count"}
  [xs <- (Vector T)] -> i64)

(defn nth-vector "The element at the position; a crash out of range. Example: (nth [1 2 3] 1) => 2"
  {:overload nth :intrinsic "vec_nth"}
  [xs <- (Vector T)  i <- i64] -> T)

(defn conj-vector "The vector with an element added at its end. Example: (conj [1 2] 3) => [1 2 3]"
  {:overload conj :intrinsic "vec_conj"}
  [xs <- (Vector T)  x <- T] -> (Vector T))

(defn assoc-vector "The vector with another element at the position; a crash out of range. Example: (assoc [1 2] 0 9) => [9 2]"
  {:overload assoc :intrinsic "vec_assoc"}
  [xs <- (Vector T)  i <- i64  x <- T] -> (Vector T))

(defn concat-vector "The elements of all. Example: (concat [1] [2] [3]) => [1 2 3]"
  {:overload concat :variadic fold :intrinsic "vec_concat"}
  [xs <- (Vector T)  ys <- (Vector T)] -> (Vector T))

(defn subvec-from-to "The elements from one position to before another; a crash out of range. Example: (subvec [1 2 3 4] 1 3) => [2 3]"
  {:overload subvec :intrinsic "vec_slice"}
  [xs <- (Vector T)  from <- i64  to <- i64] -> (Vector T))

(defn subvec-from "The elements from a position on; a crash out of range. Example: (subvec [1 2 3] 1) => [2 3]"
  {:overload subvec}
  [xs <- (Vector T)  from <- i64] -> (Vector T)
  (let [n (count-vector xs)] (subvec-from-to xs from n)))

(defn reverse-vector "Last element first. Example: (reverse [1 2 3]) => [3 2 1]"
  {:overload reverse :intrinsic "vec_reverse"}
  [xs <- (Vector T)] -> (Vector T))

(defn sort-vector "In ascending order, stable. Example: (sort [3 1 2]) => [1 2 3]"
  {:overload sort :intrinsic "vec_sort" :where [(Ord T)]}
  [xs <- (Vector T)] -> (Vector T))

(defn sort-by-keys "The first vector in the order of the keys in the second."
  {:intrinsic "vec_sort_by" :private true :where [(Ord K)]}
  [xs <- (Vector T)  keys <- (Vector K)] -> (Vector T))

(defn room-for "No elements, and room for n." {:intrinsic "vec_with_capacity" :private true} [n <- i64] -> (Vector T))

(defn empty-vector? "Whether it has no elements. Example: (empty? [1]) => false"
  {:overload empty?}
  [xs <- (Vector T)] -> bool
  (= (count-vector xs) 0))

(defn get-vector "The element at the position, if any. Example: (get [1 2] 5) => nil"
  {:overload get}
  [xs <- (Vector T)  i <- i64] -> (Option T)
  (if (and (>= i 0) (< i (count-vector xs))) (Some (nth-vector xs i)) None))

(defn get-vector-or "The element at the position, or the default. Example: (get [1 2] 5 0) => 0"
  {:overload get}
  [xs <- (Vector T)  i <- i64  default <- T] -> T
  (if (and (>= i 0) (< i (count-vector xs))) (nth-vector xs i) default))

(defn update-vector "The vector with the function applied at the position. Example: (update [1 2] 0 inc) => [2 2]"
  {:overload update}
  [xs <- (Vector T)  i <- i64  f <- (Fn [T] -> T)] -> (Vector T)
  (let [x (nth-vector xs i)] (assoc-vector xs i (f x))))

(defn first-vector "The first element, if any. Example: (first [1 2]) => 1"
  {:overload first}
  [xs <- (Vector T)] -> (Option T)
  (get-vector xs 0))

(defn last-vector "The last element, if any. Example: (last [1 2]) => 2"
  {:overload last}
  [xs <- (Vector T)] -> (Option T)
  (get-vector xs (- (count-vector xs) 1)))

(defn rest-vector "All but the first. Example: (rest [1 2 3]) => [2 3]"
  {:overload rest}
  [xs <- (Vector T)] -> (Vector T)
  (drop-vector 1 xs))

(defn take-vector "The first n, or all. Example: (take 2 [1 2 3]) => [1 2]"
  {:overload take :on 1}
  [n <- i64  xs <- (Vector T)] -> (Vector T)
  (let [to (min (max n 0) (count-vector xs))] (subvec-from-to xs 0 to)))

(defn drop-vector "All but the first n. Example: (drop 2 [1 2 3]) => [3]"
  {:overload drop :on 1}
  [n <- i64  xs <- (Vector T)] -> (Vector T)
  (let [size (count-vector xs)] (subvec-from-to xs (min (max n 0) size) size)))

(defn prefix-length "How many elements from the first on pass the test."
  {:private true}
  [test <- (Fn [T] -> bool)  xs <- (Vector T)] -> i64
  (let [n (count-vector xs)]
    (loop [i 0] (if (and (< i n) (test (nth-vector xs i))) (recur (+ i 1)) i))))

(defn take-while-vector "The elements before the first that fails the test. Example: (take-while odd? [1 3 4 5]) => [1 3]"
  {:overload take-while :on 1}
  [test <- (Fn [T] -> bool)  xs <- (Vector T)] -> (Vector T)
  (take-vector (prefix-length test xs) xs))

(defn drop-while-vector "The elements from the first that fails the test. Example: (drop-while odd? [1 3 4 5]) => [4 5]"
  {:overload drop-while :on 1}
  [test <- (Fn [T] -> bool)  xs <- (Vector T)] -> (Vector T)
  (drop-vector (prefix-length test xs) xs))

(defn map-vector "The function applied to each element. Example: (map inc [1 2 3]) => [2 3 4]"
  {:overload map :on 1}
  [f <- (Fn [A] -> B)  xs <- (Vector A)] -> (Vector B)
  (let [n (count-vector xs)]
    (loop [i 0 out (room-for n)]
      (if (< i n) (recur (+ i 1) (conj-vector out (f (nth-vector xs i)))) out))))

(defn map-vectors "The function applied to the elements of both, as far as the shorter goes. Example: (map + [1 2] [10 20]) => [11 22]"
  {:overload map :on 1}
  [f <- (Fn [A B] -> C)  xs <- (Vector A)  ys <- (Vector B)] -> (Vector C)
  (let [n (min (count-vector xs) (count-vector ys))]
    (loop [i 0 out (room-for n)]
      (if (< i n)
        (recur (+ i 1) (conj-vector out (f (nth-vector xs i) (nth-vector ys i))))
        out))))

(defn map-indexed-vector "The function applied to each position and element. Example: (map-indexed + [10 20]) => [10 21]"
  {:overload map-indexed :on 1}
  [f <- (Fn [i64 A] -> B)  xs <- (Vector A)] -> (Vector B)
  (let [n (count-vector xs)]
    (loop [i 0 out (room-for n)]
      (if (< i n) (recur (+ i 1) (conj-vector out (f i (nth-vector xs i)))) out))))

(defn mapcat-vector "What the function makes of each element, one after another. Example: (mapcat (fn [n] [n n]) [1 2]) => [1 1 2 2]"
  {:overload mapcat :on 1}
  [f <- (Fn [A] -> (Vector B))  xs <- (Vector A)] -> (Vector B)
  (let [n (count-vector xs)]
    (loop [i 0 out []]
      (if (< i n) (recur (+ i 1) (concat-vector out (f (nth-vector xs i)))) out))))

(defn flatten "The elements of the vectors one after another. Example: (flatten [[1] [2 3]]) => [1 2 3]"
  [xss <- (Vector (Vector T))] -> (Vector T)
  (mapcat-vector identity xss))

(defn filter-vector "The elements that pass the test. Example: (filter odd? [1 2 3]) => [1 3]"
  {:overload filter :on 1}
  [keep? <- (Fn [T] -> bool)  xs <- (Vector T)] -> (Vector T)
  (let [n (count-vector xs)]
    (loop [i 0 out []]
      (if (< i n)
        (let [x (nth-vector xs i)]
          (recur (+ i 1) (if (keep? x) (conj-vector out x) out)))
        out))))

(defn remove-vector "The elements that fail the test. Example: (remove odd? [1 2 3]) => [2]"
  {:overload remove :on 1}
  [drop? <- (Fn [T] -> bool)  xs <- (Vector T)] -> (Vector T)
  (filter-vector (fn [x] (not (drop? x))) xs))

(defn keep-vector "The values that the function gives for some elements. Example: (keep parse-i64 [\"1\" \"x\" \"3\"]) => [1 3]"
  {:overload keep :on 1}
  [f <- (Fn [A] -> (Option B))  xs <- (Vector A)] -> (Vector B)
  (let [n (count-vector xs)]
    (loop [i 0 out []]
      (if (< i n)
        (recur (+ i 1) (match (f (nth-vector xs i)) ((Some y) (conj-vector out y)) (None out)))
        out))))

(defn reduce-vector "The function applied to what was gathered and the next element, from the first on. Example: (reduce + 0 [1 2 3]) => 6"
  {:overload reduce :on 2}
  [f <- (Fn [A T] -> A)  init <- A  xs <- (Vector T)] -> A
  (let [n (count-vector xs)]
    (loop [i 0 acc init]
      (if (< i n) (recur (+ i 1) (f acc (nth-vector xs i))) acc))))

(defn every-vector? "Whether all elements pass the test. Example: (every? odd? [1 3]) => true"
  {:overload every? :on 1}
  [test <- (Fn [T] -> bool)  xs <- (Vector T)] -> bool
  (= (prefix-length test xs) (count-vector xs)))

(defn any-vector? "Whether an element passes the test. Example: (any? even? [1 3]) => false"
  {:overload any? :on 1}
  [test <- (Fn [T] -> bool)  xs <- (Vector T)] -> bool
  (some? (find-vector test xs)))

(defn find-vector "The first element that passes the test, if any. Example: (find even? [1 4 6]) => 4"
  {:overload find :on 1}
  [test <- (Fn [T] -> bool)  xs <- (Vector T)] -> (Option T)
  (let [n (count-vector xs)]
    (loop [i 0]
      (if (< i n)
        (let [x (nth-vector xs i)] (if (test x) (Some x) (recur (+ i 1))))
        None))))

(defn index-of-vector "The position of the first equal element, if any. Example: (index-of [5 6 7] 6) => 1"
  {:overload index-of :where [(Eq T)]}
  [xs <- (Vector T)  x <- T] -> (Option i64)
  (let [i (prefix-length (fn [y] (not= x y)) xs)]
    (if (< i (count-vector xs)) (Some i) None)))

(defn sort-by-vector "In ascending order of what the function gives, stable. Example: (sort-by - [1 3 2]) => [3 2 1]"
  {:overload sort-by :on 1 :where [(Ord K)]}
  [f <- (Fn [T] -> K)  xs <- (Vector T)] -> (Vector T)
  (let [keys (map-vector f xs)] (sort-by-keys xs keys)))

(defn best-by "The first element whose key beats all before it."
  {:private true}
  [f <- (Fn [T] -> K)  better? <- (Fn [K K] -> bool)  xs <- (Vector T)] -> (Option T)
  (if (empty-vector? xs)
    None
    (let [n (count-vector xs)
          x (nth-vector xs 0)]
      (loop [i 1 best x key (f x)]
        (if (< i n)
          (let [y (nth-vector xs i)
                k (f y)]
            (if (better? k key) (recur (+ i 1) y k) (recur (+ i 1) best key)))
          (Some best))))))

(defn min-by-vector "The first element with the least key, if any. Example: (min-by count [\"abc\" \"d\"]) => \"d\""
  {:overload min-by :on 1 :where [(Ord K)]}
  [f <- (Fn [T] -> K)  xs <- (Vector T)] -> (Option T)
  (best-by f (fn [a b] (< a b)) xs))

(defn max-by-vector "The first element with the greatest key, if any. Example: (max-by count [\"abc\" \"d\"]) => \"abc\""
  {:overload max-by :on 1 :where [(Ord K)]}
  [f <- (Fn [T] -> K)  xs <- (Vector T)] -> (Option T)
  (best-by f (fn [a b] (> a b)) xs))

(defn group-by-vector "The elements under what the function gives for each. Example: (group-by odd? [1 3]) => {true [1 3]}"
  {:overload group-by :on 1 :where [(Hash K)]}
  [f <- (Fn [T] -> K)  xs <- (Vector T)] -> (Map K (Vector T))
  (let [n (count-vector xs)]
    (loop [i 0 groups {}]
      (if (< i n)
        (let [x (nth-vector xs i)]
          (recur (+ i 1)
                 (update-map groups (f x)
                             (fn [group] (conj-vector (unwrap-or-option group []) x)))))
        groups))))

(defn frequencies-vector "How often each element occurs. Example: (frequencies [:a :a]) => {:a 2}"
  {:overload frequencies :where [(Hash T)]}
  [xs <- (Vector T)] -> (Map T i64)
  (let [n (count-vector xs)]
    (loop [i 0 counts {}]
      (if (< i n)
        (let [x (nth-vector xs i)]
          (recur (+ i 1) (assoc-map counts x (+ 1 (get-map-or counts x 0)))))
        counts))))

(defn distinct "Each element once, where it first occurs. Example: (distinct [1 2 1]) => [1 2]"
  {:where [(Hash T)]}
  [xs <- (Vector T)] -> (Vector T)
  (let [n (count-vector xs)]
    (loop [i 0 seen #{} out []]
      (if (< i n)
        (let [x (nth-vector xs i)]
          (if (contains-set? seen x)
            (recur (+ i 1) seen out)
            (recur (+ i 1) (conj-set seen x) (conj-vector out x))))
        out))))

(defn partition "Pieces of n elements; a shorter last one is dropped. Example: (partition 2 [1 2 3 4 5]) => [[1 2] [3 4]]"
  [n <- i64  xs <- (Vector T)] -> (Vector (Vector T))
  (pieces n (* n (quot (count-vector xs) n)) xs))

(defn partition-all "Pieces of n elements; the last may be shorter. Example: (partition-all 2 [1 2 3]) => [[1 2] [3]]"
  [n <- i64  xs <- (Vector T)] -> (Vector (Vector T))
  (pieces n (count-vector xs) xs))

(defn pieces "The first `end` elements in pieces of at most n."
  {:private true}
  [n <- i64  end <- i64  xs <- (Vector T)] -> (Vector (Vector T))
  (loop [i 0 out []]
    (if (< i end)
      (let [to (if (< (- end i) n) end (+ i n))]
        (recur to (conj-vector out (subvec-from-to xs i to))))
      out)))

(defn zip-vector "Pairs of the elements of both, as far as the shorter goes. Example: (zip [1 2] [:a :b]) => [[1 :a] [2 :b]]"
  {:overload zip}
  [xs <- (Vector A)  ys <- (Vector B)] -> (Vector (Tuple A B))
  (map-vectors (fn [x y] (tuple x y)) xs ys))

(defn vec-vector "The same vector. Example: (vec [1 2]) => [1 2]"
  {:overload vec}
  [xs <- (Vector T)] -> (Vector T)
  xs)

(defn into-vector "The vector with the elements of the second added. Example: (into [1] [2 3]) => [1 2 3]"
  {:overload into :on [0 1]}
  [to <- (Vector T)  from <- (Vector T)] -> (Vector T)
  (concat-vector to from))
