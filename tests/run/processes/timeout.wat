;; A reply after its timeout is dropped and never given to another call.
(defn slow {:in i64 :out i64} [] -> nil (serve (fn [ms] (do (sleep (millis ms)) ms))))
(defn main [] -> nil
  (let [p (spawn-process slow)]
    (println (call p 0))
    (println (map-err (fn [c] (tuple (:kind c) (:executed c))) (call p 300 {:timeout (millis 20)})))
    (println (call p 1))
    (println (call p 2 {:timeout (seconds 30)}))))
