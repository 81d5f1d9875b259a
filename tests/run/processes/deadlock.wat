;; A parent that only sends to a server that only answers: the send past all windows says so, in every tier, and the
;; peer is still there.
(defn flood {:in String :out String} [] -> nil (serve (fn [s] (str s s s s))))

(defn send-all [p <- (Peer String String)  text <- String] -> keyword
  (loop [left 2000]
    (if (= left 0)
      :all-sent
      (match (send p text)
        ((Ok _)  (recur (- left 1)))
        ((Err c) (:kind c))))))

(defn main [] -> nil
  (doseq [p [(spawn-process flood) (spawn-thread flood)]]
    (println (send-all p (wat.string/times 1000 "abcdefgh")))
    (println (map (fn [answer] (map count answer)) (map-err :kind (recv p))))
    (println (map-err :kind (stop p)))))
