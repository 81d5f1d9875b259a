;; A handle is released after its last use: the other side sees the end at once.
(defn note {:in i64 :out String} [] -> nil (do (serve (fn [n] (str "got " n))) (println "eof")))
(defn log {:in String :out String} [] -> nil (serve (fn [s] s)))
(defn main [] -> nil
  (let [(tuple s r) (channel 10)
        p (spawn-thread (fn {:in i64 :out i64} [] (do (serve inc) (unwrap (send s "p saw eof")))))]
    (println (call p 1))
    ;; p is not used any more: released here
    (println (recv r)))
  (let [(tuple s r) (channel 10)
        mk (fn [] (spawn-thread (fn {:in i64 :out i64} [] (do (serve inc) (unwrap (send s "temp saw eof"))))))]
    (println (call (mk) 41))
    (println (recv r)))
  (let [(tuple s r) (channel 1)]
    (println (send s 1))
    (println (recv r))
    (println (recv r)))
  (let [(tuple s r) (channel 1)]
    (ignore r)
    (println (map-err :kind (send s "nobody")))
    (println (map-err :kind (send s "nobody"))))
  (let [(tuple s r) (channel 1)]
    (println (map-err :kind (send s "full")))
    (println (select (r v v) (after (seconds 1) None)))))
