;; The prelude's arithmetic of time: durations are added and scaled by integers, instants are apart by a Duration.
;; Both count nanoseconds, and what does not fit is a crash. Not here: arithmetic by name (`wat.time`), clocks
;; (`wat.kernel`).
(ns wat.core)

(defn add-durations
  "The sum; a crash where it does not fit. Example: (+ (seconds 1) (millis 500)) => #wat/duration \"1.5s\""
  {:overload + :on [0 1] :intrinsic "add" :variadic fold}
  [a <- Duration  b <- Duration] -> Duration)

(defn instant-later
  "The instant so much later. Example: (+ #inst \"2026-01-01T00:00:00Z\" (hours 24)) => #inst \"2026-01-02T00:00:00Z\""
  {:overload + :on [0 1] :intrinsic "add"}
  [t <- Instant  d <- Duration] -> Instant)

(defn subtract-durations "The difference. Example: (- (seconds 1) (millis 500)) => #wat/duration \"0.5s\""
  {:overload - :on [0 1] :intrinsic "sub" :variadic fold}
  [a <- Duration  b <- Duration] -> Duration)

(defn instant-earlier "The instant so much earlier. Example: (- #inst \"2026-01-02T00:00:00Z\" (hours 24)) => #inst \"2026-01-01T00:00:00Z\""
  {:overload - :on [0 1] :intrinsic "sub"}
  [t <- Instant  d <- Duration] -> Instant)

(defn instants-apart "The time from the second instant to the first. Example: (- #inst \"2026-01-01T00:00:05Z\" #inst \"2026-01-01T00:00:00Z\") => #wat/duration \"5s\""
  {:overload - :on [0 1] :intrinsic "sub"}
  [to <- Instant  from <- Instant] -> Duration)

(defn negate-duration "As long, the other way. Example: (- (seconds 5)) => #wat/duration \"-5s\""
  {:overload - :intrinsic "neg"}
  [d <- Duration] -> Duration)

(defn duration-times "So many times as long. Example: (* (seconds 2) 3) => #wat/duration \"6s\""
  {:overload * :on [0 1] :intrinsic "mul"}
  [d <- Duration  n <- i64] -> Duration)

(defn times-duration "So many times as long. Example: (* 3 (seconds 2)) => #wat/duration \"6s\""
  {:overload * :on [0 1] :intrinsic "mul"}
  [n <- i64  d <- Duration] -> Duration)

(defn divide-duration
  "One of so many equal parts; a crash where there are 0. Example: (/ (seconds 3) 2) => #wat/duration \"1.5s\""
  {:overload / :on [0 1] :intrinsic "div"}
  [d <- Duration  n <- i64] -> Duration)

(defn ratio-of-durations "How often the second goes into the first. Example: (/ (seconds 3) (seconds 2)) => 1.5"
  {:overload / :on [0 1]}
  [a <- Duration  b <- Duration] -> f64
  (divide (f64-of-i64 (nanos-in a)) (f64-of-i64 (nanos-in b))))

(defn nanos-in "The duration in nanoseconds." {:intrinsic "same" :private true} [d <- Duration] -> i64)

(defn abs-duration "As long, forwards. Example: (abs (- (seconds 5))) => #wat/duration \"5s\""
  {:intrinsic "abs" :overload abs}
  [d <- Duration] -> Duration)
