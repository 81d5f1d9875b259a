;; A program that does not answer one for one is used with send and recv; None when it ended well.
(defn summary {:in i64 :out String} [] -> nil
  (println (str "sum " (drain 0))))
(defn drain [total <- i64] -> i64
  (match (readln) ((Some n) (drain (+ total n))) (None total)))
(defn main [] -> nil
  (let [p (spawn-process summary)]
    (doseq [n (range 1000)] (unwrap (send p n) "sending"))
    (close p)
    (println (recv p))
    (println (recv p))
    (println (recv p))
    (println (map-err :kind (send p 1)))
    (println (wait p))))
