;; What a deadline and a cancelled request end: waits for a peer, for room in a channel, for time, and a `select` that says
;; so. A wait for a value from a channel of one's own goes on.
(ns bounded-waits (:use [wat.time :as time]))

(defn silent {:in i64 :out i64} [] -> nil
  (match (readln -> i64)
    (None     nil)
    ((Some _) (silent))))

;; Waits for what never comes, as long as somebody waits for the answer; answers how often nobody did.
(defn waiter {:in bool :out i64} [] -> nil
  (let [(tuple put take) (channel 1)]
    (serve-state 0
                 (fn [left <- i64  hangs <- bool]
                   (if hangs
                     (select
                       (take _ (tuple left -1))
                       (cancelled (tuple (+ left 1) left)))
                     (do (ignore (send put 1)) (ignore (recv take)) (tuple left left)))))))

(defn soon? [f <- (Fn [] -> T)] -> (Tuple T bool)
  (let [before (time/ticks)
        value  (with-deadline (millis 60) (f))
        spent  (- (time/as-nanos (time/ticks)) (time/as-nanos before))]
    (tuple value (and (> spent 50000000) (< spent 8000000000)))))

(defn try-peer [p <- (Peer i64 i64)] -> nil
  (do
    (println (soon? (fn [] (map-err :kind (recv p)))))
    (println (soon? (fn [] (let [(tuple i got) (select-any [p])] (tuple i (map-err :kind got))))))
    (println (soon? (fn [] (select (p v (map-err :kind v)) (cancelled (Ok None))))))
    ;; Somebody else receives from it meanwhile.
    (let [from  (receiver p)
          other (spawn-thread (fn {:in i64 :out bool} [] (println (some? (recv from)))))]
      (sleep (millis 50))
      (println (map-err :kind (call p 1 {:timeout (millis 60)})))
      (println (with-deadline (millis 60) (map-err :kind (recv other))))
      (close p)
      (println (recv other)))))

(defn main [] -> nil
  (let [(tuple put take) (channel 1)]
    (println (soon? (fn [] (do (sleep (seconds 9)) :slept))))
    (ignore (send put 1))
    (println (soon? (fn [] (map-err :kind (send put 2)))))
    (println (with-deadline (millis 1) (do (sleep (millis 9)) (recv take))))
    (println (soon? (fn [] (select (take v v) (cancelled None)))))
    (ignore (send put 3))
    (try-peer (spawn-process silent))
    (try-peer (spawn-thread silent))
    (let [p (spawn-process waiter)]
      (println (map-err :kind (call p true {:timeout (millis 60)})))
      (println (call p false))
      (println (map-err :kind (with-deadline (millis 60) (call p true))))
      (println (call p false)))))
