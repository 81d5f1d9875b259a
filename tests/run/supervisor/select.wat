;; A service is a peer: it is sent to, received from, selected on and waited for as any other, and its children may be threads.
(ns user (:use [wat.supervisor :only [supervise child service stop-child]]))

(defn doubler {:in i64 :out i64} [] -> nil (serve (fn [n] (* 2 n))))
(defn shout {:in String :out String} [] -> nil (serve (fn [s] (wat.string/upper s))))

(defn main [] -> nil
  (let [sup (supervise {} (child doubler {:tier :thread}) (child shout))
        d   (service sup doubler)
        s   (service sup shout)]
    (doseq [n [1 2 3]] (ignore (send d n)))
    (println (gather [d d d]))
    (ignore (send s "one"))
    (println (select
               (d _ "d")
               (s v (str v))))
    (println (status s))
    (ignore (stop-child sup (:name (nth (unwrap (wat.supervisor/children sup) "children") 1))))
    (println (select
               (exit s r (map-err :kind r))
               (after (seconds 20) (Ok nil))))
    (println (status s))
    (println (map-err :kind (call s "two")))
    (close d)
    (println (map-err :kind (send d 1)))
    (println (recv d))))
