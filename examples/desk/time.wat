;; The time node: of `10/Oct/2000:13:55:36 -0700` the seconds since 1970 in UTC. Years run from 1970 to 2199.
(ns desk.time)

(defn node {:in (Vector String) :out (Vector (Option i64))} [] -> nil
  (serve (fn [texts] (map seconds-of texts))))

(def months {"Jan" 1 "Feb" 2 "Mar" 3 "Apr" 4 "May" 5 "Jun" 6 "Jul" 7 "Aug" 8 "Sep" 9 "Oct" 10 "Nov" 11 "Dec" 12})

(defn seconds-of [text <- String] -> (Option i64)
  (if (well-spaced? text)
    (let [day     (try (number text 0 2))
          month   (try (get months (subs text 3 6)))
          year    (try (number text 7 11))
          hour    (try (number text 12 14))
          minute  (try (number text 15 17))
          second  (try (number text 18 20))
          east    (try (sign (nth text 21)))
          hours   (try (number text 22 24))
          minutes (try (number text 24 26))]
      (if (and (<= 1970 year 2199)
               (<= 1 day (days-in month year))
               (< hour 24)
               (< minute 60)
               (< second 60)
               (< hours 24)
               (< minutes 60))
        (Some (- (+ (* 86400 (days-from-civil year month day)) (* 3600 hour) (* 60 minute) second)
                 (* east (+ (* 3600 hours) (* 60 minutes)))))
        None))
    None))

(defn well-spaced? [text <- String] -> bool
  (and (= (count text) 26)
       (= (nth text 2) \/) (= (nth text 6) \/)
       (= (nth text 11) \:) (= (nth text 14) \:) (= (nth text 17) \:)
       (= (nth text 20) \space)))

(defn sign [c <- char] -> (Option i64)
  (cond (= c \+) (Some 1)
        (= c \-) (Some -1)
        :else    None))

(defn number "The digits from one position to before another." [text <- String  from <- i64  to <- i64] -> (Option i64)
  (loop [i from n 0]
    (if (= i to)
      (Some n)
      (let [digit (- (i64 (nth text i)) (i64 \0))]
        (if (<= 0 digit 9) (recur (+ i 1) (+ (* 10 n) digit)) None)))))

(defn leap? [year <- i64] -> bool
  (and (= (mod year 4) 0) (or (not= (mod year 100) 0) (= (mod year 400) 0))))

(defn days-in [month <- i64  year <- i64] -> i64
  (cond (= month 2) (if (leap? year) 29 28)
        (contains? #{4 6 9 11} month) 30
        :else 31))

(defn days-from-civil
  "Days since 1970-01-01 of a date: Howard Hinnant, chrono-compatible low-level date algorithms, 2013."
  [year <- i64  month <- i64  day <- i64] -> i64
  (let [y   (if (<= month 2) (- year 1) year)
        era (quot y 400)
        yoe (- y (* era 400))
        doy (+ (quot (+ (* 153 (mod (+ month 9) 12)) 2) 5) (- day 1))
        doe (+ (* yoe 365) (quot yoe 4) (- (quot yoe 100)) doy)]
    (+ (* era 146097) doe -719468)))
