;; Children start in order and stop in reverse; the service of a supervisor that has ended answers so.
(ns user (:use [wat.supervisor :only [supervise child service shutdown]]))

(defn talker {:in String :out nil} [] -> nil
  (match (readln)
    ((Some name) (do (println nil) (wait-for-end name)))
    (None nil)))

(defn wait-for-end [name <- String] -> nil
  (match (readln -> String)
    ((Some _) (wait-for-end name))
    (None     (eprintln (str name " stops")))))

(defn main [] -> nil
  (let [sup (supervise {} (child talker {:name "a"}) (child talker {:name "b"}) (child talker {:name "c"}))]
    (doseq [name ["a" "b" "c"]] (ignore (call (service sup talker {:name name}) name)))
    (let [b (service sup talker {:name "b"})]
      (println (shutdown sup))
      (println (map-err :kind (call b "late"))))))
