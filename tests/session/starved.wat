;; Starts children and keeps them until one cannot be started; then says why, and that the others still answer.
(ns starved)

(defn main [] -> nil (more []))

(defn more [children <- (Vector (Peer i64 i64))] -> nil
  (let [child (spawn-process doubler)]
    (match (call child 21)
      ((Ok _)  (if (= (count children) 2000) (println :plenty) (more (conj children child))))
      ((Err c) (do (println (tuple (:kind c) (:message c)))
                   (println (every? (fn [p] (= (ok (call p 4)) (Some 8))) children)))))))

(defn doubler {:in i64 :out i64} [] -> nil (serve (fn [n] (* 2 n))))
