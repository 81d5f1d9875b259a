;; `retry` makes a request again for its caller, who knows that this does no harm; a budget bounds what many do together.
(ns user (:use [wat.supervisor :only [supervise child service retry retry-budget]]))

;; Crashes at every number but 7.
(defn picky {:in i64 :out i64} [] -> nil
  (serve (fn [n] (if (= n 7) n (panic! "not 7")))))

(defn tries [options <- wat.supervisor/RetryOptions  p <- (Peer i64 i64)  n <- i64] -> (Result i64 Crash)
  (retry options (fn [] (call p n))))

(defn main [] -> nil
  (let [sup    (supervise {:restarts 99 :within (seconds 60) :backoff (millis 1) :slowest (millis 2)} (child picky))
        p      (service sup picky)
        budget (retry-budget 1)]
    (println (tries {} p 7))
    (println (map-err :message (tries {:attempts 3 :backoff (millis 1)} p 0)))
    (println (map-err :message (tries {:attempts 3 :only-unexecuted true} p 0)))
    (println (map-err :message (tries {:attempts 9 :backoff (millis 1) :budget budget} p 0)))
    (println (map-err :message (tries {:attempts 9 :backoff (millis 1) :budget budget} p 0)))))
