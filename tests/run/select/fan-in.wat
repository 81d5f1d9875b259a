;; Several peers served as they come: every answer arrives once.
(defn squarer {:in i64 :out i64} [] -> nil (serve (fn [n] (* n n))))
(defn take-all [peers <- (Vector (Peer i64 i64))  left <- i64  got <- (Vector i64)] -> (Vector i64)
  (if (= left 0)
    (sort got)
    (let [(tuple _ answer) (select-any peers)]
      (take-all peers (- left 1) (conj got (unwrap (unwrap answer "crashed") "ended"))))))
(defn main [] -> nil
  (let [peers [(spawn-process squarer) (spawn-thread squarer) (spawn-process squarer)]]
    (doseq [i (range 9)] (unwrap (send (nth peers (mod i 3)) i) "send"))
    (println (take-all peers 9 []))))
