;; The waits between attempts: equal jitter, so between half of the doubled wait and all of it, which `slowest` bounds. Of
;; 200 generators at each of 12 attempts: the least and the largest wait as hundredths of the whole, and how many differ.
(ns user (:use [wat.supervisor :only [backoff]] [wat.random :as random]))

(defn waited [seed <- i64  n <- i64] -> i64
  (let [(tuple w _) (backoff (millis 10) (seconds 1) n (random/generator seed))]
    (wat.time/as-nanos w)))

(defn whole [n <- i64] -> i64
  (loop [w 10000000 n n] (if (<= n 1) (min w 1000000000) (recur (* w 2) (- n 1)))))

(defn main [] -> nil
  (doseq [n (vec (range 1 13))]
    (let [waits (map (fn [seed] (waited seed n)) (vec (range 200)))
          part  (fn [w] (/ (* 100 w) (whole n)))]
      (println (tuple n
                      (part (reduce min (nth waits 0) waits))
                      (part (reduce max (nth waits 0) waits))
                      (every? (fn [w] (and (>= (* 2 w) (whole n)) (<= w (whole n)))) waits)
                      (count (set waits))))))
  ;; The same generator, the same wait.
  (println (tuple (waited 7 1) (waited 7 2) (waited 8 2)))
  ;; Nothing to wait for, and attempts without number.
  (println (let [(tuple w _) (backoff (millis 0) (seconds 1) 5 (random/generator 1))] w))
  (println (let [(tuple w _) (backoff (millis 10) (seconds 1) 1000000 (random/generator 1))]
             (and (>= w (millis 500)) (<= w (seconds 1))))))
