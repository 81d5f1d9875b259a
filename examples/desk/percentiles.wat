;; The percentile node: how often each size occurs, and at the end the sizes at the nearest ranks.
;;
;; Exact for up to 10,000 distinct sizes. Beyond that sizes are counted in steps of 2, 4, 8 and so on, as wide as
;; they must be for 10,000 counters to do; a percentile is then the lower end of its step, less than a step
;; below the true one.
(ns desk.percentiles)

(def most-sizes 10000)

(defstruct Percentiles
  "Sizes by nearest rank; the true ones are at most `within` greater."
  [p50 <- (Option i64)  p90 <- (Option i64)  p99 <- (Option i64)  within <- i64])

(defstruct Counts
  "How often each size occurs, rounded down to a multiple of the step."
  [step <- i64  counts <- (Map i64 i64)])

(defn node {:in (Vector i64) :out Percentiles} [] -> nil
  (println (percentiles (count-all (Counts 1 {})))))

(defn count-all [c <- Counts] -> Counts
  (match (readln -> (Vector i64))
    ((Some sizes) (count-all (reduce note c sizes)))
    (None         c)))

(defn note [c <- Counts  size <- i64] -> Counts
  (let [(Counts step counts) c
        key (* step (quot size step))]
    (widened (Counts step (assoc counts key (+ 1 (get counts key 0)))))))

(defn widened "With steps wide enough for the counters to do." [c <- Counts] -> Counts
  (if (<= (count (:counts c)) most-sizes)
    c
    (let [step (* 2 (:step c))
          add  (fn [counts entry]
                 (let [(tuple size n) entry
                       key (* step (quot size step))]
                   (assoc counts key (+ n (get counts key 0)))))]
      (widened (Counts step (reduce add {} (:counts c)))))))

(defn percentiles [c <- Counts] -> Percentiles
  (let [entries (sort (vec (:counts c)))
        total   (reduce + 0 (vals (:counts c)))]
    (Percentiles (at-rank 50 total entries) (at-rank 90 total entries) (at-rank 99 total entries) (- (:step c) 1))))

(defn at-rank "The size below or at which so many per cent lie: of n sizes the one of rank ceil(n * percent / 100)."
  [percent <- i64  total <- i64  entries <- (Vector (Tuple i64 i64))] -> (Option i64)
  (let [rank (quot (+ (* total percent) 99) 100)]
    (loop [i 0 passed 0]
      (if (= i (count entries))
        None
        (let [(tuple size n) (nth entries i)]
          (if (>= (+ passed n) rank) (Some size) (recur (+ i 1) (+ passed n))))))))
