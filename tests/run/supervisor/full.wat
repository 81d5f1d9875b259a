;; A full queue: a call waits for room no longer than its timeout, or fails at once where that was chosen; what was refused was
;; not executed.
(ns user (:use [wat.supervisor :only [supervise child service]]))

(defn slow {:in i64 :out i64} [] -> nil
  (serve (fn [n] (sleep (millis n)) n)))

(defn how [r <- (Result i64 Crash)] -> (Result i64 (Tuple keyword (Option keyword) String))
  (map-err (fn [c] (tuple (:kind c) (:executed c) (:message c))) r))

(defn main [] -> nil
  (let [sup   (supervise {} (child slow {:name "slow" :copies 1 :queue 2}))
        busy  (service sup slow)
        eager (service sup slow {:when-full :fail})]
    (println (call busy 0))
    (ignore (send busy 600))
    (sleep (millis 200))
    (ignore (send busy 1))
    (ignore (send busy 2))
    (println (how (call eager 5)))
    (println (how (call busy 6 {:timeout (millis 20)})))
    (println (map (fn [_] (recv busy)) (vec (range 3))))
    (println (how (call eager 5)))))
