;; While a child is down a request waits in its queue, or fails at once, as its caller chose; a caller that has waited long
;; enough takes its request back, and nobody executes it.
(ns user (:use [wat.supervisor :only [supervise child service]]))

(defn divider {:in i64 :out i64} [] -> nil
  (serve (fn [n] (/ 100 n))))

(defn main [] -> nil
  (let [sup     (supervise {:backoff (seconds 2) :slowest (seconds 2)} (child divider))
        waits   (service sup divider)
        fails   (service sup divider {:when-down :fail})]
    (println (map-err :kind (call waits 0)))
    (match (call fails 5)
      ((Ok n) (println n))
      ((Err crash)
       (println [(:kind crash) (unwrap-or (:executed crash) :none) (unwrap-or (map :kind (:cause crash)) :none)])))
    (match (call waits 5 {:timeout (millis 50)})
      ((Ok n)      (println n))
      ((Err crash) (println [(:kind crash) (unwrap-or (:executed crash) :none)])))
    (println (call waits 4))
    (println (call fails 2))))
