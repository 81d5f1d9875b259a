;; Durations and instants are values; sleep takes at least its time.
(ns user (:use [wat.time :as time]))
(defn main [] -> nil
  (println [(millis 1500) (seconds 90) (nanos 1)])
  (println [(= (seconds 60) (minutes 1)) (< (millis 1) (seconds 1))])
  (println (+ (seconds 1) (millis 500)))
  (println (time/as-millis (seconds 2)))
  (println (time/plus #inst "2026-01-01T00:00:00Z" (seconds 90)))
  (println (time/between #inst "2026-01-01T00:00:00Z" #inst "2026-01-01T00:01:00Z"))
  (let [start (time/ticks)]
    (sleep (millis 20))
    (println (>= (- (time/ticks) start) (millis 20))))
  (println (< #inst "2020-01-01T00:00:00Z" (now))))
