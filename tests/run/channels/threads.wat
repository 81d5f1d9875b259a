;; A bounded channel between threads: copies of values, None when all senders are gone.
(defn main [] -> nil
  (let [(tuple out in) (channel 2)
        producer (spawn-thread (fn {:in i64 :out i64} []
                   (do (doseq [n (range 100)] (unwrap (send out [n (* n n)]) "channel")) (println 100))))]
    (println (collect in 0 0))
    (println (recv producer))))
(defn collect [in <- (Receiver (Vector i64))  n <- i64  sum <- i64] -> (Vector i64)
  (match (recv in)
    ((Some v) (collect in (+ n 1) (+ sum (nth v 1))))
    (None [n sum])))
