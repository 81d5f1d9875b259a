;; A service asked from many threads while its children end again and again: each request has one answer in its thread, and those
;; that were answered have their own.
(ns user (:use [wat.supervisor :only [supervise child service]]))

(defn worker {:in i64 :out i64} [] -> nil
  (serve (fn [n] (if (= 0 (mod n 9)) (panic! "a ninth") (* 2 n)))))

(defn asker [first <- i64  requests <- (Sender i64)  answers <- (Receiver i64)] -> (Tuple i64 i64 i64)
  (loop [i 0 right 0 wrong 0 crashed 0]
    (if (= i 60)
      (tuple right wrong crashed)
      (let [n (+ first i)]
        (unwrap (send requests n) "sent")
        (match (recv answers)
          ((Some m)
           (if (= m (* 2 n)) (recur (+ i 1) (+ right 1) wrong crashed) (recur (+ i 1) right (+ wrong 1) crashed)))
          (None (recur (+ i 1) right wrong (+ crashed 1))))))))

(defn main [] -> nil
  (let [sup     (supervise {:restarts 1000 :within (minutes 5) :backoff (nanos 1) :slowest (millis 1)}
                           (child worker {:name "one"})
                           (child worker {:name "many" :copies 3 :tier :thread}))
        threads (map-vector (fn [i]
                              (let [p (service sup worker {:name (if (= 0 (mod i 2)) "one" "many")})
                                    requests (sender p)
                                    answers  (receiver p)
                                    first    (* i 60)]
                                (spawn-thread (fn {:in nil :out (Tuple i64 i64 i64)} []
                                  (println (asker first requests answers))))))
                            (vec (range 8)))
        all     (map (fn [t] (unwrap (unwrap (recv t) "ended") "counted")) threads)]
    ;; A thread sees its own answers; where one is a crash, it has none. Others in the hand of a service that is no pool end with it.
    (doseq [(tuple right wrong crashed) all]
      (println (tuple (+ right (+ wrong crashed)) wrong (>= crashed 6))))))
