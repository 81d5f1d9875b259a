;; Who is started again with a child that crashes: it alone, all, or those after it. Each child counts its requests, so a
;; count of 1 is that of a fresh one.
(ns user (:use [wat.supervisor :only [supervise child service]]))

(defn counter {:in bool :out i64} [] -> nil
  (serve-state 1 (fn [n crash] (tuple (+ n 1) (if crash (panic! "told to") n)))))

(defn counts [strategy <- keyword] -> (Vector i64)
  (let [sup (supervise {:strategy strategy :restarts 9 :within (seconds 60)}
                       (child counter {:name "a"}) (child counter {:name "b"}) (child counter {:name "c"}))
        a (service sup counter {:name "a"})
        b (service sup counter {:name "b"})
        c (service sup counter {:name "c"})]
    (doseq [p [a b c]] (ignore (call p false)))
    (ignore (call b true))
    ;; What b answers, it answers after its restart, so those that were stopped with it have gone.
    (let [nb (unwrap (call b false) "b")]
      [(unwrap (call a false) "a") nb (unwrap (call c false) "c")])))

(defn main [] -> nil
  (doseq [strategy [:one-for-one :one-for-all :rest-for-one]]
    (println (tuple strategy (counts strategy)))))
