;; One transcript for process and thread: errors, early ends, crashes, timeouts, draining.
(defenum Cmd (Div [a <- i64  b <- i64]) (Compute [ms <- i64]) Quit (Say [s <- String]) (Twice [n <- i64]))
(defenum Rep (Num [n <- i64]) Done)
(defn srv {:in Cmd :out Rep} [] -> nil
  (match (readln)
    ((Some (Cmd/Div a b)) (do (println (Rep/Num (/ a b))) (srv)))
    ((Some (Cmd/Compute ms)) (do (busy (+ (wat.time/ticks) (millis ms))) (println Rep/Done) (srv)))
    ((Some Cmd/Quit) nil)
    ((Some (Cmd/Say s)) (do (eprintln s) (println Rep/Done) (srv)))
    ((Some (Cmd/Twice n)) (do (println (Rep/Num n)) (println (Rep/Num n)) (srv)))
    (None (println Rep/Done))))

;; Not asleep: a sleep ends when nobody waits for the request any more.
(defn busy [until <- Duration] -> nil
  (when (< (wat.time/ticks) until) (busy until)))
(defn k [r <- (Result T Crash)] -> (Result T (Tuple keyword String i64 (Option keyword)))
  (map-err (fn [c] (tuple (:kind c) (:message c) (:in-flight c) (:executed c))) r))
(defn drive [mk <- (Fn [] -> (Peer Cmd Rep))] -> nil
  (let [p (mk)]
    (println (k (call p (Cmd/Div 7 2))))
    (println (k (call p (Cmd/Twice 5))))
    (println (k (recv p)))
    (close p) (println (k (recv p))) (println (k (recv p))) (println (k (wait p))))
  (println "quit")
  (let [p (mk)]
    (println (k (call p Cmd/Quit)))
    (println (k (send p Cmd/Quit)))
    (println (k (call p Cmd/Quit)))
    (println (k (recv p)))
    (println (k (wait p))))
  (println "crash")
  (let [p (mk)]
    (println (k (send p (Cmd/Div 1 1)))) (println (k (send p (Cmd/Div 1 0)))) (println (k (send p (Cmd/Div 1 1))))
    (println (k (call p (Cmd/Div 1 1))))
    (println (k (recv p))) (println (k (recv p)))
    (println (k (wait p))))
  (println "timeouts")
  (let [p (mk)]
    (println (k (call p (Cmd/Compute 100) {:timeout (millis 1)})))
    (println (k (call p (Cmd/Compute 100) {:timeout (millis 1)})))
    (println (k (call p (Cmd/Div 1 0) {:timeout (millis 1)})))
    (println (k (call p (Cmd/Div 9 1))))
    (println (k (wait p))))
  (println "wait drains")
  (let [p (mk)]
    (doseq [i (range 5000)] (when (= 0 (mod i 1000)) (unwrap (send p (Cmd/Twice i)))))
    (println (k (wait p)))))
(defn main [] -> nil (drive (fn [] (spawn-process srv))) (println "=======") (drive (fn [] (spawn-thread srv))))
