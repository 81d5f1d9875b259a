;; Makes a log for the desk, of any length, from a seed: the same seed and length, the same log.
;;
;;     wat --out lines examples/desk/make-log.wat 7 300 > small.log
;;
;; One line in sixty-four is not a whole record. In every second spell of 200 seconds a scanner asks for what
;; is not there, so that there are bursts of errors to find.
(ns desk.make-log
  (:use [wat.math :only [wrap-add wrap-mul bit-and shr]]
        [wat.string :only [pad-left]]))

(defn main [] -> nil
  (match (map parse-i64 (args))
    ([(Some seed) (Some lines)] (make (scramble seed) (days 2025 10 10) lines))
    (_ (panic! "usage: wat --out lines examples/desk/make-log.wat SEED LINES"))))

(defn make "Writes so many lines, the first at a time in seconds since 1970."
  [state <- i64  at <- i64  lines <- i64] -> nil
  (when (> lines 0)
    (println (line state at))
    (make (step (scramble state)) (+ at (draw state 1 4)) (- lines 1))))

;; ---- chance

(defn step "Knuth's linear congruential generator (MMIX)." [state <- i64] -> i64
  (wrap-add (wrap-mul state 6364136223846793005) 1442695040888963407))

(defn scramble [state <- i64] -> i64 (step (wrap-add state 1)))

(defn draw "The k-th number below n that belongs to a state." [state <- i64  k <- i64  n <- i64] -> i64
  (mod (bit-and (shr (step (wrap-add state (wrap-mul k 7046029254386353131))) 33) 1073741823) n))

(defn one-of [state <- i64  k <- i64  xs <- (Vector String)] -> String
  (nth xs (draw state k (count xs))))

;; ---- a line

(defn line [state <- i64  at <- i64] -> String
  (match (draw state 2 64)
    (0 (broken state at))
    (_ (if (and (odd? (quot at 200)) (= (draw state 3 2) 0))
         (record at "203.0.113.9" (str "/admin/" (draw state 4 1000) ".php") "404" (str (+ 200 (draw state 5 50))))
         (record at (client state) (target state) (answer state) (size state))))))

(defn record [at <- i64  client <- String  target <- String  status <- String  size <- String] -> String
  (str client " - - [" (clock at) "] \"GET " target " HTTP/1.1\" " status " " size
       " \"-\" \"Mozilla/5.0 (X11; \\\"wat\\\")\""))

(defn broken "A line with something wrong." [state <- i64  at <- i64] -> String
  (match (draw state 6 5)
    (0 "")
    (1 (record at (client state) "no-slash" "200" "17"))
    (2 (record at (client state) (target state) "999" "17"))
    (3 (record at (client state) (target state) "200" "many"))
    (_ (str (client state) " - - [31/Feb/2025:10:00:00 +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"-\""))))

(defn client [state <- i64] -> String
  (str "192.0.2." (+ 1 (draw state 7 (+ 1 (draw state 8 200))))))

(defn target [state <- i64] -> String
  (str (one-of state 9 ["/" "/index.html" "/style.css" "/app.js" "/api/items/" "/api/users/" "/images/"])
       (match (draw state 10 3) (0 "") (_ (str (draw state 11 (+ 1 (draw state 12 400))))))
       (match (draw state 13 5) (0 (str "?page=" (draw state 14 9))) (_ ""))))

(defn answer [state <- i64] -> String
  (one-of state 15 ["200" "200" "200" "200" "200" "200" "200" "301" "304" "404" "500"]))

(defn size [state <- i64] -> String
  (match (draw state 16 20)
    (0 "-")
    (_ (str (* (+ 1 (draw state 17 90)) (+ 1 (draw state 18 500)))))))

;; ---- dates

(defn clock "Seconds since 1970 as `10/Oct/2025:13:55:36 +0000`." [at <- i64] -> String
  (let [second (mod at 86400)
        (tuple year month day) (date (quot at 86400))]
    (str (two day) "/" (nth ["Jan" "Feb" "Mar" "Apr" "May" "Jun" "Jul" "Aug" "Sep" "Oct" "Nov" "Dec"] (- month 1)) "/"
         year
         ":" (two (quot second 3600)) ":" (two (mod (quot second 60) 60)) ":" (two (mod second 60)) " +0000")))

(defn two [n <- i64] -> String (pad-left 2 \0 (str n)))

(defn days "Seconds since 1970 at the start of a date." [year <- i64  month <- i64  day <- i64] -> i64
  (loop [n 0]
    (if (= (date n) (tuple year month day)) (* 86400 n) (recur (+ n 1)))))

(defn date
  "Year, month and day so many days after 1970-01-01: Howard Hinnant, chrono-compatible low-level date
  algorithms, 2013."
  [n <- i64] -> (Tuple i64 i64 i64)
  (let [z   (+ n 719468)
        era (quot z 146097)
        doe (- z (* era 146097))
        yoe (quot (- doe (quot doe 1460) (- (quot doe 36524)) (quot doe 146096)) 365)
        doy (- doe (- (+ (* 365 yoe) (quot yoe 4)) (quot yoe 100)))
        mp  (quot (+ (* 5 doy) 2) 153)
        day (+ 1 (- doy (quot (+ (* 153 mp) 2) 5)))
        month (if (< mp 10) (+ mp 3) (- mp 9))
        year  (+ yoe (* era 400))]
    (tuple (if (<= month 2) (+ year 1) year) month day)))
