;; Arithmetic of instants and durations. `now`, `sleep`, `millis` and their kin are prelude (`wat.kernel`).
;; Both types count nanoseconds; an Instant from 1970-01-01T00:00Z on.
(ns wat.time)

(defn ticks "A clock that only goes forward, for measuring. Example: (>= (wat.time/ticks) (nanos 0)) => true"
  {:intrinsic "ticks"}
  [] -> Duration)

(defn as-nanos "A duration in nanoseconds. Example: (wat.time/as-nanos (millis 2)) => 2000000"
  {:intrinsic "same"}
  [d <- Duration] -> i64)

(defn as-millis "A duration in whole milliseconds. Example: (wat.time/as-millis (seconds 2)) => 2000"
  [d <- Duration] -> i64
  (quot (as-nanos d) 1000000))

(defn as-seconds "A duration in seconds. Example: (wat.time/as-seconds (millis 1500)) => 1.5"
  [d <- Duration] -> f64
  (/ (f64 (as-nanos d)) 1e9))

(defn since-epoch "The time from 1970-01-01T00:00Z to the instant. Example: (wat.time/since-epoch #inst \"1970-01-01T00:00:01Z\") => #wat/duration \"1s\""
  {:intrinsic "same"}
  [t <- Instant] -> Duration)

(defn from-epoch "The instant so long after 1970-01-01T00:00Z. Example: (= (wat.time/from-epoch (seconds 0)) #inst \"1970-01-01T00:00:00Z\") => true"
  {:intrinsic "same"}
  [d <- Duration] -> Instant)

(defn between "The time from the first instant to the second. Example: (wat.time/between (now) (now))"
  [from <- Instant  to <- Instant] -> Duration
  (nanos (- (as-nanos (since-epoch to)) (as-nanos (since-epoch from)))))

(defn plus "The instant so much later. Example: (wat.time/between #inst \"2026-01-01T00:00:00Z\" (wat.time/plus #inst \"2026-01-01T00:00:00Z\" (seconds 2))) => #wat/duration \"2s\""
  [t <- Instant  d <- Duration] -> Instant
  (from-epoch (nanos (+ (as-nanos (since-epoch t)) (as-nanos d)))))
