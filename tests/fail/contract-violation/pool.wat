(defn shout {:in i64 :out i64} [] -> nil
  ;; error[contract-violation]
  (println "not a number"))
(defn main [] -> nil
  (println (pool-map (pool 2 shout) [1 2])))
