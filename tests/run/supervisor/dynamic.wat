;; Children come and go while the supervisor runs.
(ns user (:use [wat.supervisor :only [supervise child service start-child stop-child children]]))

(defn doubler {:in i64 :out i64} [] -> nil (serve (fn [n] (* 2 n))))
(defn adder {:in i64 :out i64} [] -> nil (serve (fn [n] (+ 100 n))))

(defn names [sup <- wat.supervisor/Supervisor] -> (Vector String)
  (map :name (unwrap (children sup) "children")))

(defn main [] -> nil
  (let [sup (supervise {} (child doubler {:name "first"}))]
    (println (names sup))
    (println (start-child sup (child adder {:name "second" :tier :thread})))
    (println (names sup))
    (let [second (service sup adder)]
      (println (call second 1))
      (println (stop-child sup "second"))
      (println (map-err :kind (call second 1))))
    (println (stop-child sup "second"))
    (println (names sup))
    (println (start-child sup (child adder {:name "second"})))
    (println (call (service sup adder) 2))
    (println (map-err :message (attempt (fn [] (start-child sup (child adder {:name "second"}))))))))
