;; A child for each line, which answers it, and stays.
(ns births)

(defn main [] -> nil (more []))

(defn more [children <- (Vector (Peer i64 i64))] -> nil
  (match (readln -> i64)
    ((Some n)
     (let [child (spawn-process doubler)]
       (println (call child n))
       (more (conj children child))))
    (None nil)))

(defn doubler {:in i64 :out i64} [] -> nil (serve (fn [n] (* 2 n))))
