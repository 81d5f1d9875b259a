;; An answer over the limit on values ends its writer, alike in each tier.
(defn long-text [n <- i64] -> String
  (loop [s "x"] (if (< (count s) n) (recur (str s s)) (subs s 0 n))))
(defn big {:in i64 :out String} [] -> nil (serve long-text))
(defn drive [p <- (Peer i64 String)] -> nil
  (println (map count (call p 10)))
  (println (map-err (fn [c] (tuple (:kind c) (:executed c) (:path c))) (map count (call p 17000000))))
  (println (map-err :kind (map count (call p 5))))
  (println (map-err :kind (wait p))))
(defn main [] -> nil (drive (spawn-process big)) (drive (spawn-thread big)))
