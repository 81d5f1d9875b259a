;; Halves of a peer in two threads, a queue of many workers, ping-pong, rich values.
(defn echo {:in i64 :out i64} [] -> nil (serve (fn [n] (* n 10))))
(defn main [] -> nil
  (let [p (spawn-process echo)
        s (sender p)
        r (receiver p)
        w (spawn-thread (fn {:in nil :out nil} [] (doseq [i (range 200)] (unwrap (send s i)))))
        t (spawn-thread (fn {:in nil :out i64} []
            (println (loop [n 0 sum 0]
                       (if (= n 200) sum (match (recv r) ((Some v) (recur (+ n 1) (+ sum v))) (None -1)))))))]
    (println (recv t))
    (println (wait w)) (println (wait t)))
  ;; many workers, one queue
  (let [(tuple js jr) (channel 4)
        (tuple rs rr) (channel 4)
        ws (map (fn [k] (spawn-thread (fn {:in nil :out nil} [] (drainq jr rs)))) (vec (range 4)))
        feeder (spawn-thread (fn {:in nil :out nil} [] (doseq [i (range 1000)] (unwrap (send js i)))))]
    (println (loop [n 0 sum 0] (match (recv rr) ((Some v) (recur (+ n 1) (+ sum v))) (None [n sum])))))
  ;; rich values over channels
  (let [(tuple s r) (channel 2)
        t (spawn-thread (fn {:in nil :out nil} [] (do (unwrap (send s {:a [(Some "x") None]})) (unwrap (send s {})))))]
    (println [(recv r) (recv r) (recv r)]))
  ;; rendezvous-ish size 1, ping-pong
  (let [(tuple a b) (channel 1)
        (tuple c d) (channel 1)
        t (spawn-thread (fn {:in nil :out nil} []
            (loop [] (match (recv b) ((Some n) (do (unwrap (send c (+ n 1))) (recur))) (None nil)))))]
    (println (loop [i 0 v 0] (if (= i 10000) v (do (unwrap (send a v)) (recur (+ i 1) (unwrap (recv d)))))))))
(defn drainq [jr <- (Receiver i64)  rs <- (Sender i64)] -> nil
  (match (recv jr) ((Some n) (do (unwrap (send rs (* n n))) (drainq jr rs))) (None nil)))
