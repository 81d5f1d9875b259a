;; A vector put behind itself again and again takes no memory for it, and ends at the most that a vector can have.
(ns user)

(defn doubled [v <- (Vector i64)  times <- i64] -> (Vector i64)
  (if (= times 0) v (doubled (into v v) (- times 1))))

(defn main [] -> nil
  (let [v (vec (range 0 100))]
    (println (count (doubled v 30)))
    (println (nth (doubled v 30) (+ 42 (* 100 987654321))))
    (println (map-err (fn [c] (tuple (:kind c) (:message c))) (attempt (fn [] (count (doubled v 40))))))))
