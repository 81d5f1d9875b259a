;; A child's crash as the cause of its parent's; attempt inside a server.
(defn w {:in i64 :out i64} [] -> nil
  (serve (fn [n] (match (attempt (fn [] (/ 100 n))) ((Ok v) v) ((Err c) -1)))))
(defn thrower {:in i64 :out i64} [] -> nil
  (let [q (spawn-process w2)] (serve (fn [n] (unwrap (call q n) "inner failed")))))
(defn w2 {:in i64 :out i64} [] -> nil (serve (fn [n] (/ 100 n))))
(defn show [c <- Crash] -> nil
  (println (tuple (:kind c) (:path c) (:program c) (:message c) (map :fn (:trace c)) (:in-flight c)))
  (match (:cause c) ((Some d) (show d)) (None nil)))
(defn main [] -> nil
  (doseq [p [(spawn-process w) (spawn-thread w)]]
    (println [(call p 5) (call p 0) (call p 10)]))
  (doseq [p [(spawn-process thrower) (spawn-thread thrower)]]
    (println (call p 5))
    (match (call p 0) ((Ok _) nil) ((Err c) (show c)))
    (match (wait p) ((Ok _) nil) ((Err c) (show c)))))
