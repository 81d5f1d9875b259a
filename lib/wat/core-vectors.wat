;; The prelude's vectors. A room of `core.wat`, which says how definitions are written. Loops go by index and gather
;; with `conj-vector`, which works in place on the one owner.
(ns wat.core)

(defn count-vector "The number of elements. Example: (count [1 2 3]) => 3"
  {:overload count :intrinsic "vec_count"}
  [xs <- (Vector T)] -> i64)

(defn nth-vector "The element at the position; a crash out of range. Example: (nth [1 2 3] 1) => 2"
  {:overload nth :intrinsic "vec_nth"}
  [xs <- (Vector T)  i <- i64] -> T)

(defn conj-vector "The vector with elements added at its end. Example: (conj [1 2] 3 4) => [1 2 3 4]"
  {:overload conj :variadic fold :intrinsic "vec_conj"}
  [xs <- (Vector T)  x <- T] -> (Vector T))

(defn assoc-vector
  "The vector with another element at the position; a crash out of range. Example: (assoc [1 2] 0 9) => [9 2]"
  {:overload assoc :intrinsic "vec_assoc"}
  [xs <- (Vector T)  i <- i64  x <- T] -> (Vector T))

(defn concat-vector "The elements of all. Example: (concat [1] [2] [3]) => [1 2 3]"
  {:overload concat :variadic fold :intrinsic "vec_concat"}
  [xs <- (Vector T)  ys <- (Vector T)] -> (Vector T))

(defn subvec-from-to
  "The elements from one position to before another; a crash out of range. Example: (subvec [1 2 3 4] 1 3) => [2 3]"
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

(defn take-while-vector
  "The elements before the first that fails the test. Example: (take-while odd? [1 3 4 5]) => [1 3]"
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

(defn map-vectors
  "The function applied to the elements of both, as far as the shorter goes. Example: (map + [1 2] [10 20]) => [11 22]"
  {:overload map :on 1}
  [f <- (Fn [A B] -> C)  xs <- (Vector A)  ys <- (Vector B)] -> (Vector C)
  (let [n (min (count-vector xs) (count-vector ys))]
    (loop [i 0 out (room-for n)]
      (if (< i n)
        (recur (+ i 1) (conj-vector out (f (nth-vector xs i) (nth-vector ys i))))
        out))))

(defn map-indexed-vector
  "The function applied to each position and element. Example: (map-indexed + [10 20]) => [10 21]"
  {:overload map-indexed :on 1}
  [f <- (Fn [i64 A] -> B)  xs <- (Vector A)] -> (Vector B)
  (let [n (count-vector xs)]
    (loop [i 0 out (room-for n)]
      (if (< i n) (recur (+ i 1) (conj-vector out (f i (nth-vector xs i)))) out))))

(defn mapcat-vector
  "What the function makes of each element, one after another. Example: (mapcat (fn [n] [n n]) [1 2]) => [1 1 2 2]"
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

(defn keep-vector
  "The values that the function gives for some elements. Example: (keep parse-i64 [\"1\" \"x\" \"3\"]) => [1 3]"
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

(defn max-by-vector
  "The first element with the greatest key, if any. Example: (max-by count [\"abc\" \"d\"]) => \"abc\""
  {:overload max-by :on 1 :where [(Ord K)]}
  [f <- (Fn [T] -> K)  xs <- (Vector T)] -> (Option T)
  (best-by f (fn [a b] (> a b)) xs))

(defn group-by-vector
  "The elements under what the function gives for each. Example: (group-by odd? [1 3]) => {true [1 3]}"
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

(defn distinct-vector "Each element once, where it first occurs. Example: (distinct [1 2 1]) => [1 2]"
  {:overload distinct :where [(Hash T)]}
  [xs <- (Vector T)] -> (Vector T)
  (let [n (count-vector xs)]
    (loop [i 0 seen #{} out []]
      (if (< i n)
        (let [x (nth-vector xs i)]
          (if (contains-set? seen x)
            (recur (+ i 1) seen out)
            (recur (+ i 1) (conj-set seen x) (conj-vector out x))))
        out))))

(defn partition-vector
  "Pieces of n elements; a shorter last one is dropped. Example: (partition 2 [1 2 3 4 5]) => [[1 2] [3 4]]"
  {:overload partition :on 1}
  [n <- i64  xs <- (Vector T)] -> (Vector (Vector T))
  (windows n n (- (count-vector xs) (- n 1)) xs))

(defn partition-step-vector "Pieces of n elements that begin a step apart; a shorter last one is dropped. Example: (partition 2 1 [1 2 3]) => [[1 2] [2 3]]"
  {:overload partition :on 2}
  [n <- i64  step <- i64  xs <- (Vector T)] -> (Vector (Vector T))
  (windows n step (- (count-vector xs) (- n 1)) xs))

(defn partition-all-vector
  "Pieces of n elements; the last may be shorter. Example: (partition-all 2 [1 2 3]) => [[1 2] [3]]"
  {:overload partition-all :on 1}
  [n <- i64  xs <- (Vector T)] -> (Vector (Vector T))
  (windows n n (count-vector xs) xs))

(defn check-size "Crashes where a piece or a step would have no elements, which would never come to an end."
  {:private true}
  [n <- i64] -> nil
  (if (< n 1) (panic! "a piece or a step has at least one element" n) nil))

(defn windows "Pieces of at most n elements that begin before `end`, a step apart."
  {:private true}
  [n <- i64  step <- i64  end <- i64  xs <- (Vector T)] -> (Vector (Vector T))
  (check-size n)
  (check-size step)
  (let [size (count-vector xs)]
    (loop [i 0 out []]
      (if (< i end)
        (let [to (if (< (- size i) n) size (+ i n))]
          ;; Past the end in one step: the sum could be too large for an i64.
          (recur (if (< (- end i) step) end (+ i step)) (conj-vector out (subvec-from-to xs i to))))
        out))))

(defn partition-by-vector "Pieces of neighbours for which the function gives the same. Example: (partition-by odd? [1 3 2 5]) => [[1 3] [2] [5]]"
  {:overload partition-by :on 1 :where [(Eq K)]}
  [f <- (Fn [T] -> K)  xs <- (Vector T)] -> (Vector (Vector T))
  (let [n (count-vector xs)]
    (if (= n 0)
      []
      (loop [i 1 from 0 key (f (nth-vector xs 0)) out []]
        (if (< i n)
          (let [k (f (nth-vector xs i))]
            (if (= k key)
              (recur (+ i 1) from key out)
              (recur (+ i 1) i k (conj-vector out (subvec-from-to xs from i)))))
          (conj-vector out (subvec-from-to xs from n)))))))

(defn split-at "The first n elements, and the others. Example: (split-at 1 [1 2 3]) => [[1] [2 3]]"
  [n <- i64  xs <- (Vector T)] -> (Tuple (Vector T) (Vector T))
  (tuple (take-vector n xs) (drop-vector n xs)))

(defn split-with "The elements before the first that fails the test, and the others. Example: (split-with odd? [1 3 4 5]) => [[1 3] [4 5]]"
  [test <- (Fn [T] -> bool)  xs <- (Vector T)] -> (Tuple (Vector T) (Vector T))
  (let [n (prefix-length test xs)] (tuple (take-vector n xs) (drop-vector n xs))))

(defn second-vector "The second element, if any. Example: (second [1 2]) => 2"
  {:overload second}
  [xs <- (Vector T)] -> (Option T)
  (get-vector xs 1))

(defn peek "The last element, which `pop` takes away. Example: (peek [1 2]) => 2"
  [xs <- (Vector T)] -> (Option T)
  (last-vector xs))

(defn pop "All but the last element; a crash where there is none. Example: (pop [1 2]) => [1]"
  [xs <- (Vector T)] -> (Vector T)
  (let [n (count-vector xs)] (subvec-from-to xs 0 (- n 1))))

(defn butlast "All but the last element, if any. Example: (butlast [1 2 3]) => [1 2]"
  [xs <- (Vector T)] -> (Vector T)
  (drop-last-vector 1 xs))

(defn take-last-vector "The last n, or all. Example: (take-last 2 [1 2 3]) => [2 3]"
  {:overload take-last :on 1}
  [n <- i64  xs <- (Vector T)] -> (Vector T)
  (let [size (count-vector xs)] (drop-vector (if (< n size) (- size (max n 0)) 0) xs)))

(defn drop-last-vector "All but the last n. Example: (drop-last 2 [1 2 3]) => [1]"
  {:overload drop-last :on 1}
  [n <- i64  xs <- (Vector T)] -> (Vector T)
  (let [size (count-vector xs)] (take-vector (if (< n size) (- size (max n 0)) 0) xs)))

(defn take-nth-vector "The first element and each n-th after it. Example: (take-nth 2 [1 2 3]) => [1 3]"
  {:overload take-nth :on 1}
  [n <- i64  xs <- (Vector T)] -> (Vector T)
  (check-size n)
  (let [size (count-vector xs)]
    (loop [i 0 out []]
      (if (< i size)
        (recur (if (< (- size i) n) size (+ i n)) (conj-vector out (nth-vector xs i)))
        out))))

(defn interleave-vector
  "The elements of both by turns, as far as the shorter goes. Example: (interleave [1 2] [8 9]) => [1 8 2 9]"
  {:overload interleave}
  [xs <- (Vector T)  ys <- (Vector T)] -> (Vector T)
  (let [n (min (count-vector xs) (count-vector ys))]
    (loop [i 0 out []]
      (if (< i n)
        (recur (+ i 1) (conj-vector (conj-vector out (nth-vector xs i)) (nth-vector ys i)))
        out))))

(defn interpose-vector "The elements with the separator between them. Example: (interpose 0 [1 2 3]) => [1 0 2 0 3]"
  {:overload interpose :on 1}
  [separator <- T  xs <- (Vector T)] -> (Vector T)
  (let [n (count-vector xs)]
    (loop [i 0 out []]
      (if (< i n)
        (recur (+ i 1) (conj-vector (if (= i 0) out (conj-vector out separator)) (nth-vector xs i)))
        out))))

(defn dedupe-vector "Each run of equal neighbours once. Example: (dedupe [1 1 2 1]) => [1 2 1]"
  {:overload dedupe :where [(Eq T)]}
  [xs <- (Vector T)] -> (Vector T)
  (let [n (count-vector xs)]
    (loop [i 0 out []]
      (if (< i n)
        (let [x (nth-vector xs i)]
          (recur (+ i 1) (if (and (> i 0) (= x (nth-vector xs (- i 1)))) out (conj-vector out x))))
        out))))

(defn reductions-vector
  "What `reduce` gathers after each element, the start included. Example: (reductions + 0 [1 2 3]) => [0 1 3 6]"
  {:overload reductions :on 2}
  [f <- (Fn [A T] -> A)  init <- A  xs <- (Vector T)] -> (Vector A)
  (let [n (count-vector xs)]
    (loop [i 0 acc init out [init]]
      (if (< i n)
        (let [next (f acc (nth-vector xs i))] (recur (+ i 1) next (conj-vector out next)))
        out))))

(defn reduce-from-first-vector
  "`reduce` that starts with the first element; None where there is none. Example: (reduce max [3 7 5]) => 7"
  {:overload reduce :on 1}
  [f <- (Fn [T T] -> T)  xs <- (Vector T)] -> (Option T)
  (if (empty-vector? xs)
    None
    (let [n (count-vector xs)]
      (loop [i 1 acc (nth-vector xs 0)]
        (if (< i n) (recur (+ i 1) (f acc (nth-vector xs i))) (Some acc))))))

(defn map-three-vectors "The function applied to the elements of all three, as far as the shortest goes. Example: (map (fn [a b c] (+ a b c)) [1 2] [10 20] [100 200]) => [111 222]"
  {:overload map :on 1}
  [f <- (Fn [A B C] -> D)  xs <- (Vector A)  ys <- (Vector B)  zs <- (Vector C)] -> (Vector D)
  (let [n (min (count-vector xs) (count-vector ys) (count-vector zs))]
    (loop [i 0 out (room-for n)]
      (if (< i n)
        (recur (+ i 1) (conj-vector out (f (nth-vector xs i) (nth-vector ys i) (nth-vector zs i))))
        out))))

(defn keep-indexed-vector "The values that the function gives for some positions and elements. Example: (keep-indexed (fn [i x] (if (odd? i) (Some x) None)) [:a :b]) => [:b]"
  {:overload keep-indexed :on 1}
  [f <- (Fn [i64 A] -> (Option B))  xs <- (Vector A)] -> (Vector B)
  (let [n (count-vector xs)]
    (loop [i 0 out []]
      (if (< i n)
        (recur (+ i 1) (match (f i (nth-vector xs i)) ((Some y) (conj-vector out y)) (None out)))
        out))))

(defn some-vector "The first value that the function gives for an element. Example: (some parse-i64 [\"x\" \"7\"]) => 7"
  {:overload some :on 1}
  [f <- (Fn [A] -> (Option B))  xs <- (Vector A)] -> (Option B)
  (let [n (count-vector xs)]
    (loop [i 0]
      (if (< i n)
        (match (f (nth-vector xs i)) (None (recur (+ i 1))) (found found))
        None))))

(defn not-any-vector? "Whether no element passes the test. Example: (not-any? even? [1 3]) => true"
  {:overload not-any? :on 1}
  [test <- (Fn [T] -> bool)  xs <- (Vector T)] -> bool
  (not (any-vector? test xs)))

(defn not-every-vector? "Whether an element fails the test. Example: (not-every? even? [1 3]) => true"
  {:overload not-every? :on 1}
  [test <- (Fn [T] -> bool)  xs <- (Vector T)] -> bool
  (not (every-vector? test xs)))

(defn last-index-of-vector "The position of the last equal element, if any. Example: (last-index-of [5 6 5] 5) => 2"
  {:overload last-index-of :where [(Eq T)]}
  [xs <- (Vector T)  x <- T] -> (Option i64)
  (loop [i (- (count-vector xs) 1)]
    (cond (< i 0)                 None
          (= (nth-vector xs i) x) (Some i)
          :else                   (recur (- i 1)))))

(defn run-vector! "The function called on each element, for what it does. Example: (run! inc [1 2]) => nil"
  {:overload run! :on 1}
  [f <- (Fn [T] -> A)  xs <- (Vector T)] -> nil
  (let [n (count-vector xs)]
    (loop [i 0]
      (when (< i n)
        (ignore (f (nth-vector xs i)))
        (recur (+ i 1))))))

(defn repeatedly "What n calls of the function give. Example: (repeatedly 3 (fn [] 7)) => [7 7 7]"
  [n <- i64  f <- (Fn [] -> T)] -> (Vector T)
  (loop [i 0 out []]
    (if (< i n) (recur (+ i 1) (conj-vector out (f))) out)))

(defn sort-with-vector
  "Ordered so that of two elements the one that comes before is first, stable. Example: (sort > [1 3 2]) => [3 2 1]"
  {:overload sort :on 1}
  [before? <- (Fn [T T] -> bool)  xs <- (Vector T)] -> (Vector T)
  (loop [width 1 xs xs]
    (if (< width (count-vector xs))
      (recur (* width 2) (merge-runs before? width xs))
      xs)))

(defn merge-runs "Each two neighbouring runs of so many ordered elements made one."
  {:private true}
  [before? <- (Fn [T T] -> bool)  width <- i64  xs <- (Vector T)] -> (Vector T)
  (let [n (count-vector xs)]
    (loop [from 0 out (room-for n)]
      (if (< from n)
        (let [middle (min n (+ from width))
              to     (min n (+ middle width))]
          (recur to (merge-run before? xs from middle to out)))
        out))))

(defn merge-run "The elements of two ordered runs added in order; of equal ones the first run's come first."
  {:private true}
  [before? <- (Fn [T T] -> bool)  xs <- (Vector T)  from <- i64  middle <- i64  to <- i64  out <- (Vector T)]
  -> (Vector T)
  (loop [i from j middle out out]
    (cond
      (< i middle)
      (if (and (< j to) (before? (nth-vector xs j) (nth-vector xs i)))
        (recur i (+ j 1) (conj-vector out (nth-vector xs j)))
        (recur (+ i 1) j (conj-vector out (nth-vector xs i))))
      (< j to) (recur i (+ j 1) (conj-vector out (nth-vector xs j)))
      :else out)))

(defn sort-by-with-vector "Ordered by what the first function gives, in the order of the second, stable. Example: (sort-by count > [\"a\" \"abc\"]) => [\"abc\" \"a\"]"
  {:overload sort-by :on 2}
  [f <- (Fn [T] -> K)  before? <- (Fn [K K] -> bool)  xs <- (Vector T)] -> (Vector T)
  (let [keyed  (map-vector (fn [x] (tuple (f x) x)) xs)
        sorted (sort-with-vector (fn [a b] (let [(tuple j _) a (tuple k _) b] (before? j k))) keyed)]
    (map-vector (fn [entry] (let [(tuple _ x) entry] x)) sorted)))

(defn zip-vector
  "Pairs of the elements of both, as far as the shorter goes. Example: (zip [1 2] [:a :b]) => [[1 :a] [2 :b]]"
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
