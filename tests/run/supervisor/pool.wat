;; A pool: copies of one program behind one queue. An idle one takes; a crash costs the request in its hand alone, which is
;; answered once; the answers come in the order of each caller's requests.
(ns user (:use [wat.supervisor :only [supervise child service children stop-child ask-all]]))

(defenum Req (Square [n <- i64]) (Rest [ms <- i64]) Crash-now)

(defn worker {:in Req :out i64} [] -> nil
  (serve (fn [req]
    (match req
      ((Req/Square n) (* n n))
      ((Req/Rest ms)  (do (sleep (millis ms)) ms))
      (Req/Crash-now  (panic! "a bad request"))))))

(defn shown [r <- (Result i64 Crash)] -> (Result i64 String)
  (map-err :message r))

(defn main [] -> nil
  (let [sup (supervise {:restarts 99 :backoff (millis 1) :slowest (millis 5)}
                       (child worker {:name "pool" :copies 3 :queue 8}))
        a   (service sup worker)
        b   (service sup worker)]
    (println (map (fn [c] (tuple (:name c) (:state c))) (unwrap (children sup) "children")))
    ;; More than the queue holds, with crashes among them: each answered, in order, and what was queued is not lost.
    (println (map shown
                  (ask-all a
                           (map (fn [n] (if (= 4 (mod n 10)) Req/Crash-now (Req/Square n))) (vec (range 30)))
                           6
                           {:attempts 1})))
    ;; Two are busy for long: the third answers all that comes meanwhile.
    (let [begun (now)]
      (ignore (send a (Req/Rest 20000)))
      (ignore (send a (Req/Rest 20000)))
      (println (map shown (ask-all b (map (fn [n] (Req/Square n)) (vec (range 20))) 5 {:attempts 1})))
      (println (< (wat.time/as-nanos (- (now) begun)) 15000000000)))
    (println (stop-child sup "pool"))
    (println (map-err :kind (recv a)))
    (println (map shown [(call b (Req/Square 2))]))
    (println (unwrap (children sup) "children"))))
