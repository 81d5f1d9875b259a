;; A generator is a value: the same beginning gives the same numbers. The first numbers are those published for SplitMix64.
(ns generators (:use [wat.random :as r] [wat.math :as m]))

(defn first-of [n <- i64  f <- (Fn [r/Random] -> (Tuple T r/Random))  g <- r/Random] -> (Vector T)
  (let [(tuple xs _) (r/many n f g)] xs))

(println (first-of 5 r/bits (r/generator 1234567)))
(println (= (first-of 50 r/bits (r/generator 7)) (first-of 50 r/bits (r/generator 7))))

;; Two of one: neither repeats the other.
(let [(tuple a b) (r/split (r/generator 1))]
  (println (count (set (concat (first-of 500 r/bits a) (first-of 500 r/bits b))))))

;; Each of six is as likely, in a range that is no power of two; the whole range of i64 works.
(let [throws (frequencies (first-of 6000 (fn [g] (r/int -1 5 g)) (r/generator 3)))]
  (println (sort (keys throws)))
  (println (every? (fn [n] (and (> n 850) (< n 1150))) (vals throws))))
(println (every? (fn [n] (and (>= n m/min-i64) (< n m/max-i64)))
                 (first-of 99 (fn [g] (r/int m/min-i64 m/max-i64 g)) (r/generator 3))))
(println (some? (find neg? (first-of 99 (fn [g] (r/int m/min-i64 m/max-i64 g)) (r/generator 3)))))
(println (map-err :kind (attempt (fn [] (r/int 3 3 (r/generator 1))))))

(let [xs   (first-of 4000 r/float (r/generator 5))
      mean (/ (reduce + 0.0 xs) 4000.0)]
  (println (tuple (every? (fn [x] (and (>= x 0.0) (< x 1.0))) xs) (and (> mean 0.48) (< mean 0.52)))))
(let [xs     (first-of 4000 r/normal (r/generator 5))
      mean   (/ (reduce + 0.0 xs) 4000.0)
      spread (/ (reduce (fn [s x] (+ s (* x x))) 0.0 xs) 4000.0)]
  (println (tuple (< (abs mean) 0.06) (< (abs (- spread 1.0)) 0.1))))
(println (count (filter identity (first-of 1000 r/bool (r/generator 5)))))

(let [(tuple xs _) (r/shuffle (vec (range 50)) (r/generator 9))]
  (println (tuple (= (sort xs) (vec (range 50))) (not= xs (vec (range 50))))))
;; Each of the six orders of three is as likely.
(let [orders (frequencies (first-of 3000 (fn [g] (r/shuffle [1 2 3] g)) (r/generator 4)))]
  (println (tuple (count orders) (every? (fn [n] (and (> n 400) (< n 600))) (vals orders)))))
(let [(tuple xs _) (r/sample 5 (vec (range 20)) (r/generator 9))]
  (println (tuple (count xs) (count (set xs)) (every? (fn [n] (< n 20)) xs))))
(println (first-of 1 (fn [g] (r/sample 9 [7] g)) (r/generator 1)))
(println (first-of 1 (fn [g] (r/sample -1 [7] g)) (r/generator 1)))
(println (tuple (first-of 1 (fn [g] (r/pick (drop 1 [7]) g)) (r/generator 1))
                (count (set (first-of 100 (fn [g] (r/pick [1 2 3] g)) (r/generator 1))))))

(println (= (r/seed) (r/seed)))
(println (= (first-of 2 r/bits (r/fresh)) (first-of 2 r/bits (r/fresh))))
