;; How the cost of one operation grows with the size of the collection: nanoseconds for one at each of four sizes, each
;; ten times the one before, then the worst and the mean factor from one size to the next. O(1) and O(log n) stay near 1,
;; but for what the caches of the machine add; what copies the whole comes to 10. `shared` means that the old version is
;; kept, so that nothing can be changed in place. Up to 4,096 elements, slices and concatenation of flat vectors copy.
;;
;; `wat --out lines bench/wat/growth.wat`, with a wat built in release.
(ns growth (:use [wat.math :as m] [wat.string :as s] [wat.time :as time]))

(def sizes [1000 10000 100000 1000000])

;; The least of five runs of what gives a number, in nanoseconds by operation.
(defn cost [operations <- i64  f <- (Fn [] -> i64)] -> f64
  (let [runs (repeatedly 5 (fn []
               (let [before (time/ticks)
                     result (f)
                     after  (time/ticks)]
                 (assert (>= result 0))
                 (- (time/as-nanos after) (time/as-nanos before)))))]
    (/ (f64 (unwrap (reduce min runs))) (f64 operations))))

(defn row [name <- String  measure <- (Fn [i64] -> f64)] -> nil
  (let [costs   (map measure sizes)
        growths (map (fn [a b] (/ b a)) costs (rest costs))
        worst   (unwrap (reduce max growths))
        mean    (m/pow (/ (unwrap (last costs)) (unwrap (first costs))) (/ 1.0 3.0))]
    (println (str (s/pad-right 24 \space name)
                  (s/join "" (map (fn [c] (s/pad-left 12 \space (m/fixed 1 c))) costs))
                  (s/pad-left 8 \space (m/fixed 2 worst))
                  (s/pad-left 8 \space (m/fixed 2 mean))))))

(defn numbers [n <- i64] -> (Vector i64) (vec (range n)))

;; A vector becomes a tree when it is changed while another holds it.
(defn tree [n <- i64] -> (Vector i64)
  (let [flat   (numbers n)
        longer (conj flat 0)]
    (assert (= (count flat) n))
    longer))

;; The i-th of places that jump about among n.
(defn place [i <- i64  n <- i64] -> i64 (mod (m/bit-and (m/wrap-mul i 2654435761) 0xffffffff) n))

;; The sum of what a function gives for 0 to n - 1.
(defn total [n <- i64  f <- (Fn [i64] -> i64)] -> i64
  (loop [i 0 sum 0] (if (< i n) (recur (+ i 1) (+ sum (f i))) sum)))

(defn main [] -> nil
  (println (str (s/pad-right 24 \space "ns for one of")
                (s/join "" (map (fn [n] (s/pad-left 12 \space (str n))) sizes)) "   worst    mean"))
  (row "vector push" (fn [n]
    (cost n (fn [] (count (loop [i 0 xs []] (if (< i n) (recur (+ i 1) (conj xs i)) xs)))))))
  (row "vector index" (fn [n]
    (let [xs (numbers n)] (cost 20000 (fn [] (total 20000 (fn [i] (nth xs (place i n)))))))))
  (row "vector update" (fn [n]
    (cost n (fn [] (let [xs (numbers n)]
                     (count (loop [i 0 xs xs] (if (< i n) (recur (+ i 1) (assoc xs (place i n) i)) xs))))))))
  (row "flat slice, shared" (fn [n]
    (let [xs (numbers n)] (cost 100 (fn [] (total 100 (fn [i] (count (subvec xs (+ 1 i) (- n i))))))))))
  (row "flat concat, shared" (fn [n]
    (let [xs (numbers n) ys (numbers n)] (cost 100 (fn [] (total 100 (fn [_] (count (concat xs ys)))))))))
  (row "tree push, shared" (fn [n]
    (let [xs (tree n)] (cost 5000 (fn [] (total 5000 (fn [i] (count (conj xs i)))))))))
  (row "tree index" (fn [n]
    (let [xs (tree n)] (cost 20000 (fn [] (total 20000 (fn [i] (nth xs (place i n)))))))))
  (row "tree update, shared" (fn [n]
    (let [xs (tree n)] (cost 5000 (fn [] (total 5000 (fn [i] (count (assoc xs (place i n) i)))))))))
  (row "tree slice, shared" (fn [n]
    (let [xs (tree n)] (cost 1000 (fn [] (total 1000 (fn [i] (count (subvec xs (mod i 300) (- n (mod i 277)))))))))))
  (row "tree concat, shared" (fn [n]
    (let [xs (tree n) ys (tree n)] (cost 1000 (fn [] (total 1000 (fn [_] (count (concat xs ys)))))))))
  (row "index after concat" (fn [n]
    (let [xs (concat (subvec (tree n) 7) (subvec (tree n) 5))]
      (cost 20000 (fn [] (total 20000 (fn [i] (nth xs (place i n)))))))))
  (row "map insert" (fn [n]
    (cost n (fn [] (count (loop [i 0 m {}] (if (< i n) (recur (+ i 1) (assoc m i i)) m)))))))
  (row "map insert, shared" (fn [n]
    (let [m (zipmap (numbers n) (numbers n))]
      (cost 5000 (fn [] (total 5000 (fn [i] (count (assoc m (+ n i) i)))))))))
  (row "map get" (fn [n]
    (let [m (zipmap (numbers n) (numbers n))]
      (cost 20000 (fn [] (total 20000 (fn [i] (get m (place i n) 0))))))))
  (row "set insert" (fn [n]
    (cost n (fn [] (count (loop [i 0 s #{}] (if (< i n) (recur (+ i 1) (conj s i)) s)))))))
  (row "map remove, shared" (fn [n]
    (let [m (zipmap (numbers n) (numbers n))]
      (cost 5000 (fn [] (total 5000 (fn [i] (count (dissoc m (place i n))))))))))
  (row "set insert, shared" (fn [n]
    (let [s (set (numbers n))] (cost 5000 (fn [] (total 5000 (fn [i] (count (conj s (+ n i))))))))))
  (row "set contains?" (fn [n]
    (let [s (set (numbers n))]
      (cost 20000 (fn [] (total 20000 (fn [i] (if (contains? s (place i n)) 1 0))))))))
  (row "join of texts" (fn [n]
    (let [texts (vec (repeat n "text"))] (cost n (fn [] (count (s/join "," texts))))))))
