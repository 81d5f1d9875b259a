;; Immutable: what is made of a vector leaves it as it was.
(defn main [] -> nil
  (let [v [1 2 3]]
    (println (conj v 4))
    (println (assoc v 0 9))
    (println v)
    (println [(count v) (nth v 1)])
    (println [(get v 1) (get v 3) (get v -1) (first v) (last v)])
    (println (get v 7 0))
    (println (rest v))
    (println (concat v [4] [5 6]))
    (println [(take 2 v) (take 9 v) (take -1 v) (drop 1 v) (drop 9 v)])
    (println (subvec v 1 2))
    (println (reverse v))
    (println (update v 1 (fn [n] (* n 10))))
    (println (match (attempt (fn [] (nth v 3))) ((Ok _) :fine) ((Err c) (:kind c))))
    (println (match (attempt (fn [] (subvec v 2 9))) ((Ok _) :fine) ((Err c) (:kind c))))))
