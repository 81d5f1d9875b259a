;; A value at the limit passes; one byte more is refused before it is sent, and the peer goes on.
(defn long-text [n <- i64] -> String
  (loop [s "x"] (if (< (count s) n) (recur (str s s)) (subs s 0 n))))
(defn size {:in String :out i64} [] -> nil (serve (fn [s] (count s))))
(defn drive [p <- (Peer String i64)] -> nil
  (println (call p (long-text 16777214)))
  (println (map-err (fn [c] (tuple (:kind c) (:executed c))) (call p (long-text 16777215))))
  (println (call p "after"))
  (println (wait p)))
(defn main [] -> nil (drive (spawn-process size)) (drive (spawn-thread size)))
