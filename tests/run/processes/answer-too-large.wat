;; An answer over the limit on values ends its writer, alike in each tier.
(defn big {:in i64 :out String} [] -> nil (serve (fn [n] (wat.string/times n "x"))))
(defn drive [p <- (Peer i64 String)] -> nil
  (println (map count (map-err (fn [c] (tuple (:kind c) (:message c) (:executed c) (:path c) (:data c))) (call p 17000000))))
  (println (map count (map-err (fn [c] (tuple (:kind c) (:message c))) (call p 5))))
  (println (map-err (fn [c] (tuple (:kind c) (:message c) (map :line (:place c)))) (wait p))))
(defn main [] -> nil (drive (spawn-process big)) (drive (spawn-thread big)))
