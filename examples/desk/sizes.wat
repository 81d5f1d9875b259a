;; The size node: count, sum and bounds of the sizes of all answers. Under it one node computes percentiles and
;; one the paths asked for most.
(ns desk.sizes
  (:use [desk.record :only [Record]]
        [desk.report :only [Sizes SizeReport Paths]]
        [desk.percentiles :as percentiles :only [Percentiles]]
        [desk.paths :as paths]))

(defstruct Totals [count <- i64  sum <- i64  min <- (Option i64)  max <- (Option i64)])

(defn node {:in (Vector Record) :out SizeReport} [] -> nil
  (let [ranks  (spawn-process percentiles/node)
        ranked (spawn-process paths/node)
        totals (measure-all (Totals 0 0 None None) ranks ranked)]
    (close ranks)
    (close ranked)
    (println (report totals (last-word ranks) (last-word ranked)))))

(defn measure-all
  [totals <- Totals  ranks <- (Peer (Vector i64) Percentiles)  ranked <- (Peer (Vector String) Paths)] -> Totals
  (match (readln -> (Vector Record))
    ((Some records)
     (let [sizes (map :size records)]
       (unwrap (send ranks sizes) "the percentile node is gone")
       (unwrap (send ranked (map :path records)) "the path node is gone")
       (measure-all (reduce measure totals sizes) ranks ranked)))
    (None totals)))

(defn measure [t <- Totals  size <- i64] -> Totals
  (Totals (+ (:count t) 1)
          (+ (:sum t) size)
          (Some (min size (unwrap-or (:min t) size)))
          (Some (max size (unwrap-or (:max t) size)))))

(defn last-word [p <- (Peer (Vector I) R)] -> R
  (unwrap (unwrap (recv p) "a node under the size node crashed") "a node under the size node ended"))

(defn report [t <- Totals  p <- Percentiles  paths <- Paths] -> SizeReport
  (SizeReport (Sizes (:count t) (:sum t) (:min t) (:max t) (:p50 p) (:p90 p) (:p99 p) (:within p)) paths))
