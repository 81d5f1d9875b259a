;; A spent budget ends the supervisor with the last crash as the cause; its services answer that too.
(ns user (:use [wat.supervisor :only [supervise child service outcome]]))

(defn worker {:in i64 :out i64} [] -> nil
  (serve (fn [n] (/ 100 n))))

(defn main [] -> nil
  (let [sup (supervise {:restarts 2 :within (seconds 60)} (child worker {:name "divider"}))
        p   (service sup worker)]
    (doseq [i (range 3)] (println (map-err :kind (call p 0))))
    (match (outcome sup)
      ((Ok _)      (println "ended well"))
      ((Err crash) (do (println (:message crash))
                       (println (map :kind (:cause crash))))))
    (match (call p 5)
      ((Ok n)      (println n))
      ((Err crash) (println [(:message crash) (str (unwrap-or (:executed crash) :none))])))))
