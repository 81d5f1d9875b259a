;; The path node: how often each path is asked for, and at the end the ten asked for most.
;;
;; Exact for up to 10,000 distinct paths. Beyond that it is the space-saving algorithm (Metwally, Agrawal and El
;; Abbadi, Efficient Computation of Frequent and Top-k Elements in Data Streams, 2005): a new path takes the
;; counter of the one with the least count and goes on from there, so a count is too high by at most what it
;; began with. The counters lie in a heap with the least on top, instead of the paper's list of buckets.
(ns desk.paths
  (:use [desk.report :only [PathCount Paths]]))

(def most-paths 10000)
(def most-listed 10)

(defenum Tally
  "Either all paths with their counts, or as many as there is room for: a heap of counters and where in it each
  path is."
  (Exact  [counts <- (Map String i64)])
  (Saving [heap <- (Vector PathCount)  places <- (Map String i64)]))

(defn node {:in (Vector String) :out Paths} [] -> nil
  (println (report (count-all (Tally/Exact {})))))

(defn count-all [tally <- Tally] -> Tally
  (match (readln -> (Vector String))
    ((Some paths) (count-all (reduce note tally paths)))
    (None         tally)))

(defn note [tally <- Tally  path <- String] -> Tally
  (match tally
    ((Tally/Exact counts)
     (match (get counts path)
       ((Some n) (Tally/Exact (assoc counts path (+ n 1))))
       (None     (if (< (count counts) most-paths)
                   (Tally/Exact (assoc counts path 1))
                   (note (saving counts) path)))))
    ((Tally/Saving heap places)
     (match (get places path)
       ((Some i) (let [old (nth heap i)]
                   (sink heap places i (with old :count (+ (:count old) 1)))))
       (None     (let [least (nth heap 0)]
                   (sink heap (dissoc places (:path least)) 0
                         (PathCount path (+ (:count least) 1) (:count least)))))))))

(defn saving "Counters in ascending order: a heap." [counts <- (Map String i64)] -> Tally
  (let [entries (sort-by (fn [e] (let [(tuple path n) e] n)) counts)
        heap    (map (fn [e] (let [(tuple path n) e] (PathCount path n 0))) entries)
        places  (into {} (map-indexed (fn [i c] (tuple (:path c) i)) heap))]
    (Tally/Saving heap places)))

(defn sink "Puts a counter at position i or, where those below are less, further down."
  [heap <- (Vector PathCount)  places <- (Map String i64)  i <- i64  c <- PathCount] -> Tally
  (loop [heap heap places places i i]
    (let [child (lesser heap (+ (* 2 i) 1) (+ (* 2 i) 2))]
      (match (get heap child)
        ((Some below) :when (< (:count below) (:count c))
         (recur (assoc heap i below) (assoc places (:path below) i) child))
        (_ (Tally/Saving (assoc heap i c) (assoc places (:path c) i)))))))

(defn lesser "Of two positions the one with the lesser count; the first where the second lies outside."
  [heap <- (Vector PathCount)  a <- i64  b <- i64] -> i64
  (if (and (< b (count heap)) (< (:count (nth heap b)) (:count (nth heap a)))) b a))

(defn report [tally <- Tally] -> Paths
  (match tally
    ((Tally/Exact counts)
     (Paths (top (map (fn [e] (let [(tuple path n) e] (PathCount path n 0))) counts)) 0))
    ((Tally/Saving heap _)
     (Paths (top heap) (reduce (fn [most c] (max most (:over c))) 0 heap)))))

(defn top [counters <- (Vector PathCount)] -> (Vector PathCount)
  (take most-listed (sort-by (fn [c] (tuple (- (:count c)) (:path c))) counters)))
