;; Permanent children are always started again, transient ones after a crash, temporary ones never.
(ns user (:use [wat.supervisor :only [supervise child service children]]))

;; Answers 100 by each number; after a 1 it ends well.
(defn once {:in i64 :out i64} [] -> nil
  (match (readln)
    ((Some n) (do (println (/ 100 n)) (if (= n 1) nil (once))))
    (None     nil)))

;; A request that meets the end of a child has that for its answer, so what counts is whether a later one is answered.
(defn answers? [p <- (Peer i64 i64)  tries <- i64] -> bool
  (match (call p 2)
    ((Ok _)  true)
    ((Err _) (if (= tries 0)
               false
               (do (sleep (millis 20)) (answers? p (- tries 1)))))))

(defn main [] -> nil
  (let [sup       (supervise {:restarts 9 :within (seconds 60)}
                             (child once {:name "permanent"})
                             (child once {:name "transient" :restart :transient})
                             (child once {:name "temporary" :restart :temporary}))
        permanent (service sup once {:name "permanent"})
        transient (service sup once {:name "transient"})
        temporary (service sup once {:name "temporary"})]
    (println (map-err :kind (call permanent 0)))
    (println (answers? permanent 500))
    (println (map-err :kind (call permanent 1)))
    (println (answers? permanent 500))
    (println (map-err :kind (call transient 0)))
    (println (answers? transient 500))
    (println (map-err :kind (call transient 1)))
    (println (answers? transient 10))
    (println (map-err :kind (call temporary 0)))
    (println (answers? temporary 10))
    (println (map (fn [c] (tuple (:name c) (= :ended (:state c)))) (unwrap (children sup) "children")))))
