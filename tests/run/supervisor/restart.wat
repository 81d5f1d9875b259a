;; A child that crashes is started again; the service survives, and the request in hand has the crash for its answer.
(ns user (:use [wat.supervisor :only [supervise child service]]))

(defenum Req (Divide [by <- i64]) Pid)

(defn worker {:in Req :out i64} [] -> nil
  (serve (fn [req] (match req ((Req/Divide by) (/ 100 by)) (Req/Pid 0)))))

(defn main [] -> nil
  (let [sup (supervise {:strategy :one-for-one :restarts 3 :within (seconds 60)} (child worker))
        p   (service sup worker)]
    (println (call p (Req/Divide 5)))
    (match (call p (Req/Divide 0))
      ((Ok n)      (println n))
      ((Err crash) (println [(:kind crash) (unwrap-or (:executed crash) :none)])))
    (println (call p (Req/Divide 4)))))
