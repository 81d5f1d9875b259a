;; A value at the limit passes; one byte more is refused before it is sent, and the peer goes on.
(defn size {:in String :out i64} [] -> nil (serve (fn [s] (count s))))
(defn drive [p <- (Peer String i64)] -> nil
  (println (call p (wat.string/times 16777214 "x")))
  (println (map-err (fn [c] (tuple (:kind c) (:executed c))) (call p (wat.string/times 16777215 "x"))))
  (println (call p "after"))
  (println (wait p)))
(defn main [] -> nil (drive (spawn-process size)) (drive (spawn-thread size)))
