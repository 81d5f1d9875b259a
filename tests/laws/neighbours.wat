;; Whether one who writes values over the limit slows another down. A line `n` asks a neighbour n times alone, then n times
;; while a thread asks an offender again and again: the answer is both 99th percentiles in nanoseconds, and how many values
;; over the limit were refused meanwhile.
(ns neighbours (:use [wat.string :only [times]]))

(defn echo {:in i64 :out i64} [] -> nil (serve (fn [n] n)))

(defn mouth {:in i64 :out String} [] -> nil (serve (fn [size] (times size "x"))))

;; Provokes an offender at each value it reads; a new one, since a value over the limit ends the one that wrote it.
(defn provoke {:in i64 :out bool} [] -> nil
  (serve (fn [size] (err? (call (spawn-process mouth {:limits {:value 65536}}) size)))))

(defn percentile [neighbour <- (Peer i64 i64)  n <- i64] -> i64
  (let [waits (sort (map-vector (fn [i]
                                  (let [begun (wat.time/ticks)]
                                    (ignore (unwrap (call neighbour i) "the neighbour"))
                                    (wat.time/as-nanos (- (wat.time/ticks) begun))))
                                (vec (range n))))]
    (nth waits (/ (* 99 n) 100))))

(defn main [] -> nil
  (let [neighbour (spawn-process echo)
        provoker  (spawn-thread provoke)]
    (loop []
      (match (readln -> i64)
        (None nil)
        ((Some n)
         (let [alone    (percentile neighbour n)
               over     (* 10 65536)
               sent     (doseq [_ (vec (range 8))] (unwrap (send provoker over) "sent"))
               beside   (percentile neighbour n)
               refused
                 (count (vec (filter (fn [_] (unwrap (unwrap (recv provoker) "ended") "answered")) (vec (range 8)))))]
           (ignore sent)
           (println (tuple alone beside refused))
           (recur)))))))
