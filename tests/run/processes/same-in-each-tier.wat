;; Thread or process: one word differs, the transcript does not.
(defenum Req (Double [n <- i64]) Crash)
(defn worker {:in Req :out i64} [] -> nil
  (serve (fn [r] (match r ((Req/Double n) (* 2 n)) (Req/Crash (panic! "asked to"))))))
(defn drive [p <- (Peer Req i64)] -> nil
  (println (call p (Req/Double 4)))
  (println (map-err (fn [c] (tuple (:kind c) (:message c) (:in-flight c))) (call p Req/Crash)))
  (println (map-err :kind (call p (Req/Double 4))))
  (println (map-err :message (wait p)))
  (println (map-err :message (wait p))))
(defn main [] -> nil
  (drive (spawn-thread worker))
  (drive (spawn-process worker)))
