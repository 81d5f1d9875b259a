;; An ended peer is always ready; exit, after and stopped beside peers and channels; two busy channels take turns.
(defn echo {:in i64 :out i64} [] -> nil (serve (fn [n] n)))
(defn never {:in i64 :out i64} [] -> nil (serve (fn [n] (do (sleep (seconds 1000)) n))))
(defn index {:in i64 :out i64} [] -> nil (serve (fn [n] (nth [1] n))))
(defn kinds [t <- (Tuple i64 (Result (Option i64) Crash))] -> (Tuple i64 (Result (Option i64) keyword))
  (let [(tuple i r) t] (tuple i (map-err :kind r))))
(defn main [] -> nil
  (let [p (spawn-process echo) q (spawn-thread echo)]
    (close p)
    (println (select (p v (str v)) (q v "q")))
    (println (select (exit p r (str "exit " (ok? r)))))
    (println (select (p v (str "again " v)))))
  (let [p (spawn-process index)]
    (unwrap (send p 5))
    (println (select (p v (str (map-err :kind v))) (after (seconds 50) "late")))
    (println (select (exit p v (str (map-err :kind v))) (after (seconds 50) "late")))
    (println (select (p v (str (map-err :kind v))) (after (seconds 50) "late"))))
  (let [p (spawn-thread never)]
    (println (select (p v 1) (after (millis 20) 2) (after (seconds 50) 3) (stopped 4)))
    (println (select (p v 1) (after (millis 0) 2))))
  (let [(tuple s r) (channel 1)
        t (spawn-thread (fn {:in nil :out nil} [] (do (sleep (millis 30)) (unwrap (send s [1 2])))))]
    (println (select (r v (match v ((Some [a b]) (+ a b)) ((Some _) -1) (None 0)))))
    (println (select (r v v))))
  (let [ps [(spawn-process echo) (spawn-thread echo) (spawn-process index)]]
    (unwrap (send (nth ps 1) 7))
    (println (kinds (select-any ps)))
    (unwrap (send (nth ps 2) 7))
    (println (kinds (select-any ps)))
    (println (kinds (select-any ps)))
    (close (nth ps 0)))
  (let [(tuple s r) (channel 1000) (tuple s2 r2) (channel 1000)]
    (doseq [i (range 1000)] (do (unwrap (send s i)) (unwrap (send s2 i))))
    (let [(tuple a b) (fair r r2 900 0 0)] (println [(> a 300) (> b 300)]))))
(defn fair [a <- (Receiver i64)  b <- (Receiver i64)  n <- i64  from-a <- i64  from-b <- i64] -> (Tuple i64 i64)
  (if (= n 0)
    (tuple from-a from-b)
    (select (a v (fair a b (- n 1) (+ from-a 1) from-b))
            (b v (fair a b (- n 1) from-a (+ from-b 1))))))
