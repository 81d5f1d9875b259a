;; The prelude's lazy sequences. A room of `core.wat`, which says how definitions are written. A Seq is a recipe: a
;; function that gives the next element and the rest, or None. Each traversal runs it again.
(ns wat.core)

(defn seq-of "A recipe as a Seq."
  {:intrinsic "same" :private true}
  [step <- (Fn [] -> (Option (Tuple T (Seq T))))] -> (Seq T))

(defn seq-step "A Seq as its recipe."
  {:intrinsic "same" :private true}
  [s <- (Seq T)] -> (Fn [] -> (Option (Tuple T (Seq T)))))

(defn uncons "The first element and the rest, if any. Example: (count (rest (range 3))) => 2"
  [s <- (Seq T)] -> (Option (Tuple T (Seq T)))
  ((seq-step s)))

(defn unfold
  "The Seq whose elements and following states the function gives, until None.
  Example: (vec (unfold (fn [n] (if (< n 3) (Some (tuple n (+ n 1))) None)) 0)) => [0 1 2]"
  [f <- (Fn [S] -> (Option (Tuple T S)))  state <- S] -> (Seq T)
  (seq-of (fn []
    (match (f state)
      (None None)
      ((Some (tuple x next)) (Some (tuple x (unfold f next))))))))

(defn wrapping-add "The sum modulo 2^64." {:intrinsic "wrap_add" :private true} [a <- i64  b <- i64] -> i64)

(defn range-step
  "The numbers from the first to before the second, a step apart. Example: (vec (range 0 10 4)) => [0 4 8]"
  {:overload range}
  [from <- i64  to <- i64  step <- i64] -> (Seq i64)
  (seq-of (fn []
    (cond
      (and (> step 0) (< from to))
      (let [next (wrapping-add from step)]
        (Some (tuple from (range-step (if (< next from) to next) to step))))
      (and (< step 0) (> from to))
      (let [next (wrapping-add from step)]
        (Some (tuple from (range-step (if (> next from) to next) to step))))
      :else None))))

(defn range-from-to "The numbers from the first to before the second. Example: (vec (range 2 5)) => [2 3 4]"
  {:overload range}
  [from <- i64  to <- i64] -> (Seq i64)
  (seq-of (fn []
    (if (< from to) (Some (tuple from (range-from-to (+ from 1) to))) None))))

(defn range-to "The numbers from 0 to before n. Example: (vec (range 3)) => [0 1 2]"
  {:overload range}
  [n <- i64] -> (Seq i64)
  (range-from-to 0 n))

(defn range-all "The numbers from 0 on. Example: (vec (take 3 (range))) => [0 1 2]"
  {:overload range}
  [] -> (Seq i64)
  (range-from-to 0 9223372036854775807))

(defn iterate "x, (f x), (f (f x)) and so on. Example: (vec (take 3 (iterate inc 5))) => [5 6 7]"
  [f <- (Fn [T] -> T)  x <- T] -> (Seq T)
  (seq-of (fn [] (Some (tuple x (iterate-after f x))))))

(defn iterate-after "What follows x; nothing is computed before it is asked for."
  {:private true}
  [f <- (Fn [T] -> T)  x <- T] -> (Seq T)
  (seq-of (fn [] (let [y (f x)] (Some (tuple y (iterate-after f y)))))))

(defn repeat-forever "The value again and again. Example: (vec (take 2 (repeat :a))) => [:a :a]"
  {:overload repeat}
  [x <- T] -> (Seq T)
  (seq-of (fn [] (Some (tuple x (repeat-forever x))))))

(defn repeat-times "The value n times. Example: (vec (repeat 2 :a)) => [:a :a]"
  {:overload repeat}
  [n <- i64  x <- T] -> (Seq T)
  (seq-of (fn [] (if (> n 0) (Some (tuple x (repeat-times (- n 1) x))) None))))

(defn seq-vector "The elements as a Seq. Example: (vec (seq [1 2])) => [1 2]"
  {:overload seq}
  [xs <- (Vector T)] -> (Seq T)
  (seq-vector-from xs 0))

(defn seq-vector-from "The elements from a position on."
  {:private true}
  [xs <- (Vector T)  i <- i64] -> (Seq T)
  (seq-of (fn []
    (if (< i (count-vector xs))
      (Some (tuple (nth-vector xs i) (seq-vector-from xs (+ i 1))))
      None))))

(defn seq-set "The elements as a Seq. Example: (count (seq #{1 2})) => 2"
  {:overload seq}
  [s <- (Set T)] -> (Seq T)
  (seq-vector (set-items s)))

(defn seq-map "The entries as a Seq. Example: (vec (seq {:a 1})) => [[:a 1]]"
  {:overload seq}
  [m <- (Map K V)] -> (Seq (Tuple K V))
  (seq-vector (map-entries m)))

(defn seq-seq "The same Seq. Example: (vec (seq (range 2))) => [0 1]"
  {:overload seq}
  [s <- (Seq T)] -> (Seq T)
  s)

(defn map-seq
  "The function applied to each element, when it is asked for. Example: (vec (map inc (range 3))) => [1 2 3]"
  {:overload map :on 1}
  [f <- (Fn [A] -> B)  s <- (Seq A)] -> (Seq B)
  (seq-of (fn []
    (match (uncons s)
      (None None)
      ((Some (tuple x more)) (Some (tuple (f x) (map-seq f more))))))))

(defn map-seqs "The function applied to the elements of both, as far as the shorter goes. Example: (vec (map + (range 3) (range 3))) => [0 2 4]"
  {:overload map :on 1}
  [f <- (Fn [A B] -> C)  s <- (Seq A)  t <- (Seq B)] -> (Seq C)
  (seq-of (fn []
    (match (uncons s)
      (None None)
      ((Some (tuple x more))
       (match (uncons t)
         (None None)
         ((Some (tuple y others)) (Some (tuple (f x y) (map-seqs f more others))))))))))

(defn map-indexed-seq
  "The function applied to each position and element. Example: (vec (map-indexed + (range 3))) => [0 2 4]"
  {:overload map-indexed :on 1}
  [f <- (Fn [i64 A] -> B)  s <- (Seq A)] -> (Seq B)
  (map-seqs f (range-all) s))

(defn mapcat-seq "What the function makes of each element, one after another. Example: (vec (mapcat (fn [n] (range n)) (range 3))) => [0 0 1]"
  {:overload mapcat :on 1}
  [f <- (Fn [A] -> (Seq B))  s <- (Seq A)] -> (Seq B)
  (seq-of (fn []
    (loop [s s]
      (match (uncons s)
        (None None)
        ((Some (tuple x more))
         (match (uncons (f x))
           (None (recur more))
           ((Some (tuple y others)) (Some (tuple y (concat-seq others (mapcat-seq f more))))))))))))

(defn filter-seq "The elements that pass the test. Example: (vec (filter odd? (range 5))) => [1 3]"
  {:overload filter :on 1}
  [keep? <- (Fn [T] -> bool)  s <- (Seq T)] -> (Seq T)
  (seq-of (fn []
    (loop [s s]
      (match (uncons s)
        (None None)
        ((Some (tuple x more))
         (if (keep? x) (Some (tuple x (filter-seq keep? more))) (recur more))))))))

(defn remove-seq "The elements that fail the test. Example: (vec (remove odd? (range 5))) => [0 2 4]"
  {:overload remove :on 1}
  [drop? <- (Fn [T] -> bool)  s <- (Seq T)] -> (Seq T)
  (filter-seq (fn [x] (not (drop? x))) s))

(defn keep-seq "The values that the function gives for some elements. Example: (vec (keep (fn [n] (get [5 6] n)) (range 9))) => [5 6]"
  {:overload keep :on 1}
  [f <- (Fn [A] -> (Option B))  s <- (Seq A)] -> (Seq B)
  (seq-of (fn []
    (loop [s s]
      (match (uncons s)
        (None None)
        ((Some (tuple x more))
         (match (f x)
           ((Some y) (Some (tuple y (keep-seq f more))))
           (None     (recur more)))))))))

(defn take-seq "The first n, or all. Example: (vec (take 2 (range 9))) => [0 1]"
  {:overload take :on 1}
  [n <- i64  s <- (Seq T)] -> (Seq T)
  (seq-of (fn []
    (if (> n 0)
      (match (uncons s)
        (None None)
        ((Some (tuple x more)) (Some (tuple x (take-seq (- n 1) more)))))
      None))))

(defn drop-seq "All but the first n. Example: (vec (drop 2 (range 4))) => [2 3]"
  {:overload drop :on 1}
  [n <- i64  s <- (Seq T)] -> (Seq T)
  (seq-of (fn []
    (loop [n n s s]
      (match (uncons s)
        (None None)
        ((Some (tuple x more)) (if (> n 0) (recur (- n 1) more) (Some (tuple x more)))))))))

(defn take-while-seq
  "The elements before the first that fails the test. Example: (vec (take-while zero? (range 9))) => [0]"
  {:overload take-while :on 1}
  [test <- (Fn [T] -> bool)  s <- (Seq T)] -> (Seq T)
  (seq-of (fn []
    (match (uncons s)
      ((Some (tuple x more)) :when (test x) (Some (tuple x (take-while-seq test more))))
      (_ None)))))

(defn drop-while-seq
  "The elements from the first that fails the test. Example: (vec (drop-while zero? (range 3))) => [1 2]"
  {:overload drop-while :on 1}
  [test <- (Fn [T] -> bool)  s <- (Seq T)] -> (Seq T)
  (seq-of (fn []
    (loop [s s]
      (match (uncons s)
        (None None)
        ((Some (tuple x more)) (if (test x) (recur more) (Some (tuple x more)))))))))

(defn concat-seq "The elements of all. Example: (vec (concat (range 2) (range 2))) => [0 1 0 1]"
  {:overload concat :variadic fold}
  [s <- (Seq T)  t <- (Seq T)] -> (Seq T)
  (seq-of (fn []
    (match (uncons s)
      (None (uncons t))
      ((Some (tuple x more)) (Some (tuple x (concat-seq more t))))))))

(defn zip-seq
  "Pairs of the elements of both, as far as the shorter goes. Example: (vec (zip (range 2) (range 9))) => [[0 0] [1 1]]"
  {:overload zip}
  [s <- (Seq A)  t <- (Seq B)] -> (Seq (Tuple A B))
  (map-seqs (fn [x y] (tuple x y)) s t))

(defn first-seq "The first element, if any. Example: (first (range 3)) => 0"
  {:overload first}
  [s <- (Seq T)] -> (Option T)
  (match (uncons s) (None None) ((Some (tuple x _)) (Some x))))

(defn rest-seq "All but the first. Example: (vec (rest (range 3))) => [1 2]"
  {:overload rest}
  [s <- (Seq T)] -> (Seq T)
  (drop-seq 1 s))

(defn last-seq "The last element, if any. Example: (last (range 3)) => 2"
  {:overload last}
  [s <- (Seq T)] -> (Option T)
  (reduce-seq (fn [_ x] (Some x)) None s))

(defn nth-seq "The element at the position; a crash out of range. Example: (nth (range 9) 4) => 4"
  {:overload nth}
  [s <- (Seq T)  i <- i64] -> T
  (match (first-seq (drop-seq i s))
    ((Some x) :when (>= i 0) x)
    (_ (nth-vector [] i))))

(defn empty-seq? "Whether it has no elements. Example: (empty? (range 0)) => true"
  {:overload empty?}
  [s <- (Seq T)] -> bool
  (none? (uncons s)))

(defn reduce-seq "The function applied to what was gathered and the next element, from the first on. Example: (reduce + 0 (range 4)) => 6"
  {:overload reduce :on 2}
  [f <- (Fn [A T] -> A)  init <- A  s <- (Seq T)] -> A
  (loop [acc init s s]
    (match (uncons s)
      (None acc)
      ((Some (tuple x more)) (recur (f acc x) more)))))

(defn count-seq "The number of elements, by running through all. Example: (count (range 4)) => 4"
  {:overload count}
  [s <- (Seq T)] -> i64
  (reduce-seq (fn [n _] (+ n 1)) 0 s))

(defn every-seq? "Whether all elements pass the test. Example: (every? even? (range 2)) => false"
  {:overload every? :on 1}
  [test <- (Fn [T] -> bool)  s <- (Seq T)] -> bool
  (none? (find-seq (fn [x] (not (test x))) s)))

(defn any-seq? "Whether an element passes the test. Example: (any? odd? (range 2)) => true"
  {:overload any? :on 1}
  [test <- (Fn [T] -> bool)  s <- (Seq T)] -> bool
  (some? (find-seq test s)))

(defn find-seq "The first element that passes the test, if any. Example: (find odd? (range 9)) => 1"
  {:overload find :on 1}
  [test <- (Fn [T] -> bool)  s <- (Seq T)] -> (Option T)
  (first-seq (filter-seq test s)))

(defn vec-seq "All elements, realised. Example: (vec (range 3)) => [0 1 2]"
  {:overload vec}
  [s <- (Seq T)] -> (Vector T)
  (reduce-seq (fn [out x] (conj-vector out x)) [] s))

(defn set-of-seq "The different elements. Example: (count (set (range 3))) => 3"
  {:overload set :where [(Hash T)]}
  [s <- (Seq T)] -> (Set T)
  (into-set-seq #{} s))

(defn into-vector-seq "The vector with the elements added. Example: (into [9] (range 2)) => [9 0 1]"
  {:overload into :on [0 1]}
  [to <- (Vector T)  from <- (Seq T)] -> (Vector T)
  (reduce-seq (fn [out x] (conj-vector out x)) to from))

(defn into-vector-set "The vector with the set's elements added. Example: (into [9] #{1}) => [9 1]"
  {:overload into :on [0 1]}
  [to <- (Vector T)  from <- (Set T)] -> (Vector T)
  (concat-vector to (set-items from)))

(defn into-set-seq "The set with the elements added. Example: (count (into #{9} (range 2))) => 3"
  {:overload into :on [0 1] :where [(Hash T)]}
  [to <- (Set T)  from <- (Seq T)] -> (Set T)
  (reduce-seq (fn [s x] (conj-set s x)) to from))

(defn into-set-set "The elements of both. Example: (count (into #{9} #{8})) => 2"
  {:overload into :on [0 1] :where [(Hash T)]}
  [to <- (Set T)  from <- (Set T)] -> (Set T)
  (into-set to (set-items from)))

(defn into-map-seq
  "The map with the entries added. Example: (into {} (map (fn [n] (tuple n true)) (range 1))) => {0 true}"
  {:overload into :on [0 1] :where [(Hash K)]}
  [to <- (Map K V)  from <- (Seq (Tuple K V))] -> (Map K V)
  (reduce-seq (fn [m entry] (conj-map m entry)) to from))

(defn into-map-map "The map with the entries of the second added. Example: (into {:a 1} {:a 2}) => {:a 2}"
  {:overload into :on [0 1] :where [(Hash K)]}
  [to <- (Map K V)  from <- (Map K V)] -> (Map K V)
  (into-map to (map-entries from)))

(defn sort-seq "All elements in ascending order. Example: (sort (map - (range 3))) => [-2 -1 0]"
  {:overload sort :where [(Ord T)]}
  [s <- (Seq T)] -> (Vector T)
  (sort-vector (vec-seq s)))

(defn sort-by-seq
  "All elements in ascending order of what the function gives. Example: (sort-by - (range 3)) => [2 1 0]"
  {:overload sort-by :on 1 :where [(Ord K)]}
  [f <- (Fn [T] -> K)  s <- (Seq T)] -> (Vector T)
  (sort-by-vector f (vec-seq s)))

(defn min-by-seq "The first element with the least key, if any. Example: (min-by - (range 3)) => 2"
  {:overload min-by :on 1 :where [(Ord K)]}
  [f <- (Fn [T] -> K)  s <- (Seq T)] -> (Option T)
  (min-by-vector f (vec-seq s)))

(defn max-by-seq "The first element with the greatest key, if any. Example: (max-by - (range 3)) => 0"
  {:overload max-by :on 1 :where [(Ord K)]}
  [f <- (Fn [T] -> K)  s <- (Seq T)] -> (Option T)
  (max-by-vector f (vec-seq s)))

(defn group-by-seq
  "The elements under what the function gives for each. Example: (group-by even? (range 1)) => {true [0]}"
  {:overload group-by :on 1 :where [(Hash K)]}
  [f <- (Fn [T] -> K)  s <- (Seq T)] -> (Map K (Vector T))
  (group-by-vector f (vec-seq s)))

(defn frequencies-seq "How often each element occurs. Example: (frequencies (repeat 3 :a)) => {:a 3}"
  {:overload frequencies :where [(Hash T)]}
  [s <- (Seq T)] -> (Map T i64)
  (reduce-seq (fn [counts x] (assoc-map counts x (+ 1 (get-map-or counts x 0)))) {} s))

(defn second-seq "The second element, if any. Example: (second (range 3)) => 1"
  {:overload second}
  [s <- (Seq T)] -> (Option T)
  (first-seq (drop-seq 1 s)))

(defn cycle-seq "The elements again and again. Example: (vec (take 3 (cycle (range 2)))) => [0 1 0]"
  {:overload cycle}
  [s <- (Seq T)] -> (Seq T)
  (seq-of (fn []
    (match (uncons s)
      (None None)
      ((Some (tuple x more)) (Some (tuple x (concat-seq more (cycle-seq s)))))))))

(defn cycle-vector "The elements again and again. Example: (vec (take 3 (cycle [:a :b]))) => [:a :b :a]"
  {:overload cycle}
  [xs <- (Vector T)] -> (Seq T)
  (cycle-seq (seq-vector xs)))

(defn take-nth-seq "The first element and each n-th after it. Example: (vec (take-nth 2 (range 5))) => [0 2 4]"
  {:overload take-nth :on 1}
  [n <- i64  s <- (Seq T)] -> (Seq T)
  (check-size n)
  (seq-of (fn []
    (match (uncons s)
      (None None)
      ((Some (tuple x more)) (Some (tuple x (take-nth-seq n (drop-seq (- n 1) more)))))))))

(defn interleave-seq "The elements of both by turns, as far as the shorter goes. Example: (vec (interleave (range 2) (repeat 9))) => [0 9 1 9]"
  {:overload interleave}
  [s <- (Seq T)  t <- (Seq T)] -> (Seq T)
  (mapcat-seq (fn [pair] (let [(tuple x y) pair] (seq-vector [x y]))) (zip-seq s t)))

(defn interpose-seq
  "The elements with the separator between them. Example: (vec (interpose 9 (range 3))) => [0 9 1 9 2]"
  {:overload interpose :on 1}
  [separator <- T  s <- (Seq T)] -> (Seq T)
  (drop-seq 1 (mapcat-seq (fn [x] (seq-vector [separator x])) s)))

(defn dedupe-seq
  "Each run of equal neighbours once. Example: (vec (dedupe (map (fn [n] (quot n 2)) (range 5)))) => [0 1 2]"
  {:overload dedupe :where [(Eq T)]}
  [s <- (Seq T)] -> (Seq T)
  (seq-of (fn []
    (match (uncons s)
      (None None)
      ((Some (tuple x more)) (Some (tuple x (dedupe-seq (drop-while-seq (fn [y] (= x y)) more)))))))))

(defn distinct-seq
  "Each element once, where it first occurs. Example: (vec (distinct (map (fn [n] (mod n 2)) (range 9)))) => [0 1]"
  {:overload distinct :where [(Hash T)]}
  [s <- (Seq T)] -> (Seq T)
  (unseen #{} s))

(defn unseen "The elements that are not in the set, each once."
  {:private true :where [(Hash T)]}
  [seen <- (Set T)  s <- (Seq T)] -> (Seq T)
  (seq-of (fn []
    (loop [s s]
      (match (uncons s)
        (None None)
        ((Some (tuple x more))
         (if (contains-set? seen x)
           (recur more)
           (Some (tuple x (unseen (conj-set seen x) more))))))))))

(defn reductions-seq "What `reduce` gathers after each element, the start included. Example: (vec (reductions + 0 (range 4))) => [0 0 1 3 6]"
  {:overload reductions :on 2}
  [f <- (Fn [A T] -> A)  init <- A  s <- (Seq T)] -> (Seq A)
  (seq-of (fn [] (Some (tuple init (reductions-after f init s))))))

(defn reductions-after "What follows the start; nothing is computed before it is asked for."
  {:private true}
  [f <- (Fn [A T] -> A)  acc <- A  s <- (Seq T)] -> (Seq A)
  (seq-of (fn []
    (match (uncons s)
      (None None)
      ((Some (tuple x more))
       (let [next (f acc x)] (Some (tuple next (reductions-after f next more)))))))))

(defn reduce-from-first-seq
  "`reduce` that starts with the first element; None where there is none. Example: (reduce max (range 4)) => 3"
  {:overload reduce :on 1}
  [f <- (Fn [T T] -> T)  s <- (Seq T)] -> (Option T)
  (match (uncons s)
    (None None)
    ((Some (tuple x more)) (Some (reduce-seq f x more)))))

(defn take-some "Up to n elements, and what comes after them."
  {:private true}
  [n <- i64  s <- (Seq T)] -> (Tuple (Vector T) (Seq T))
  (loop [taken [] s s]
    (if (< (count-vector taken) n)
      (match (uncons s)
        (None (tuple taken s))
        ((Some (tuple x more)) (recur (conj-vector taken x) more)))
      (tuple taken s))))

(defn partition-seq
  "Pieces of n elements; a shorter last one is dropped. Example: (vec (partition 2 (range 5))) => [[0 1] [2 3]]"
  {:overload partition :on 1}
  [n <- i64  s <- (Seq T)] -> (Seq (Vector T))
  (check-size n)
  (seq-of (fn []
    (let [(tuple piece more) (take-some n s)]
      (if (= (count-vector piece) n) (Some (tuple piece (partition-seq n more))) None)))))

(defn partition-step-seq "Pieces of n elements that begin a step apart; a shorter last one is dropped. Example: (vec (partition 2 1 (range 3))) => [[0 1] [1 2]]"
  {:overload partition :on 2}
  [n <- i64  step <- i64  s <- (Seq T)] -> (Seq (Vector T))
  (check-size n)
  (check-size step)
  (seq-of (fn []
    (let [(tuple piece _) (take-some n s)]
      (if (= (count-vector piece) n)
        (Some (tuple piece (partition-step-seq n step (drop-seq step s))))
        None)))))

(defn partition-all-seq
  "Pieces of n elements; the last may be shorter. Example: (vec (partition-all 2 (range 3))) => [[0 1] [2]]"
  {:overload partition-all :on 1}
  [n <- i64  s <- (Seq T)] -> (Seq (Vector T))
  (check-size n)
  (seq-of (fn []
    (let [(tuple piece more) (take-some n s)]
      (if (empty-vector? piece) None (Some (tuple piece (partition-all-seq n more))))))))

(defn partition-by-seq "Pieces of neighbours for which the function gives the same. Example: (vec (partition-by (fn [n] (quot n 2)) (range 3))) => [[0 1] [2]]"
  {:overload partition-by :on 1 :where [(Eq K)]}
  [f <- (Fn [T] -> K)  s <- (Seq T)] -> (Seq (Vector T))
  (seq-of (fn []
    (match (uncons s)
      (None None)
      ((Some (tuple x more))
       (let [key (f x)]
         (loop [piece [x] s more]
           (match (uncons s)
             ((Some (tuple y others)) :when (= key (f y)) (recur (conj-vector piece y) others))
             (_ (Some (tuple piece (partition-by-seq f s))))))))))))

(defn take-last-seq "The last n, or all, by running through all. Example: (take-last 2 (range 5)) => [3 4]"
  {:overload take-last :on 1}
  [n <- i64  s <- (Seq T)] -> (Vector T)
  (take-last-vector n (vec-seq s)))

(defn drop-last-seq "All but the last n, which are read ahead. Example: (vec (drop-last 2 (range 5))) => [0 1 2]"
  {:overload drop-last :on 1}
  [n <- i64  s <- (Seq T)] -> (Seq T)
  (map-seqs (fn [x _] x) s (drop-seq n s)))

(defn keep-indexed-seq "The values that the function gives for some positions and elements. Example: (vec (keep-indexed (fn [i x] (get [x] i)) (range 5))) => [0]"
  {:overload keep-indexed :on 1}
  [f <- (Fn [i64 A] -> (Option B))  s <- (Seq A)] -> (Seq B)
  (keep-seq (fn [entry] (let [(tuple i x) entry] (f i x))) (zip-seq (range-all) s)))

(defn some-seq
  "The first value that the function gives for an element. Example: (some (fn [n] (get [5 6] n)) (range 9)) => 5"
  {:overload some :on 1}
  [f <- (Fn [A] -> (Option B))  s <- (Seq A)] -> (Option B)
  (first-seq (keep-seq f s)))

(defn not-any-seq? "Whether no element passes the test. Example: (not-any? neg? (range 3)) => true"
  {:overload not-any? :on 1}
  [test <- (Fn [T] -> bool)  s <- (Seq T)] -> bool
  (not (any-seq? test s)))

(defn not-every-seq? "Whether an element fails the test. Example: (not-every? pos? (range 3)) => true"
  {:overload not-every? :on 1}
  [test <- (Fn [T] -> bool)  s <- (Seq T)] -> bool
  (not (every-seq? test s)))

(defn run-seq! "The function called on each element, for what it does. Example: (run! inc (range 3)) => nil"
  {:overload run! :on 1}
  [f <- (Fn [T] -> A)  s <- (Seq T)] -> nil
  (reduce-seq (fn [_ x] (ignore (f x))) nil s))

(defn sort-with-seq "All elements, ordered so that of two the one that comes before is first, stable. Example: (sort > (range 3)) => [2 1 0]"
  {:overload sort :on 1}
  [before? <- (Fn [T T] -> bool)  s <- (Seq T)] -> (Vector T)
  (sort-with-vector before? (vec-seq s)))

(defn sort-with-set
  "All elements, ordered so that of two the one that comes before is first. Example: (sort > #{1 2}) => [2 1]"
  {:overload sort :on 1}
  [before? <- (Fn [T T] -> bool)  s <- (Set T)] -> (Vector T)
  (sort-with-vector before? (set-items s)))
