;; `kill` and `stop` answer how the peer ended, again and again the same.
(defn sleeper {:in i64 :out i64} [] -> nil (serve (fn [n] (do (sleep (seconds n)) n))))
(defn polite {:in i64 :out i64} [] -> nil (serve (fn [n] n)))
(defn main [] -> nil
  (let [a (spawn-process sleeper)
        b (spawn-process polite)
        c (spawn-thread polite)]
    (unwrap (send a 60) "sent")
    (println (map-err :kind (kill a)))
    (println (map-err :kind (kill a)))
    (println (map-err :kind (wait a)))
    (println (call b 1))
    (println (stop b))
    (println (call c 1))
    (println (stop c))))
