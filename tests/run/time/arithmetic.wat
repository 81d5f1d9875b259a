;; Durations are added and scaled by integers; instants are apart by a Duration.
(def start #inst "2026-01-01T00:00:00Z")

(defn total [ds <- (Vector Duration)] -> Duration (reduce + (seconds 0) ds))

(println (+ (seconds 1) (millis 5) (millis 1)))
(println (- (seconds 4) (millis 1)))
(println (- (seconds 4)))
(println (abs (- (seconds 4))))
(println (* (seconds 2) 3))
(println (* 3 (seconds 2)))
(println (/ (seconds 1) 3))
(println (/ (seconds 3) (seconds 2)))
(println (total [(seconds 1) (minutes 1) (hours 1)]))
(println (map + [(seconds 1)] [(millis 1)]))
(println (< (seconds 1) (seconds 2) (minutes 1)))
(println (max (seconds 1) (seconds 2)))
(println (sort [(seconds 2) (millis 1)]))

(println (+ start (hours 24)))
(println (- start (seconds 1)))
(println (- (+ start (minutes 1)) start))
(println (< start (+ start (nanos 1))))
(println (= start (- (+ start (seconds 1)) (seconds 1))))

;; What does not fit crashes, as integers do.
(println (map-err :kind (attempt (fn [] (* 4000000000 (hours 1))))))
(println (map-err :kind (attempt (fn [] (/ (seconds 1) 0)))))
(println (map-err :kind (attempt (fn [] (+ start (hours 2500000))))))

;; A number beside what is not known yet is arithmetic on numbers.
(println (let [double (fn [x] (* 2 x))] (double 21)))
(println (let [scaled (fn [x y] (+ (* 2 x) y))] (scaled 3 4.5)))
(println (let [both (fn [a b] (+ a b))] (both (seconds 1) (seconds 2))))
