;; A group is a supervisor as a child: it escalates as a child that crashed, and its services outlive it.
(ns user (:use [wat.supervisor :only [supervise child group service outcome]]))

(defn divider {:in i64 :out i64} [] -> nil (serve (fn [n] (/ 100 n))))
(defn doubler {:in i64 :out i64} [] -> nil (serve (fn [n] (* 2 n))))

(defn main [] -> nil
  (let [sup (supervise {:restarts 1 :within (seconds 60)}
                       (child doubler)
                       (group {:name "math"} {:restarts 1 :within (seconds 60)} (child divider)))
        d   (service sup divider)]
    (println (call (service sup doubler) 4))
    ;; The second crash spends the group's budget: the group is started again, and the fourth that of the outer one.
    (doseq [i (range 3)]
      (println (map-err :kind (call d 0)))
      (println (call d 5)))
    (println (map-err :kind (call d 0)))
    (match (outcome sup)
      ((Ok _) (println "well"))
      ((Err crash)
       (do (println (:message crash))
           (let [inner (unwrap (:cause crash) "cause")]
             (println (:message inner))
             (println (map :kind (:cause inner)))))))))
