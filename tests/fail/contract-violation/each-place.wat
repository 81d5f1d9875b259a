(defn w {:in i64 :out i64} [] -> nil
  ;; error[contract-violation]
  (println "a")
  ;; error[contract-violation]
  (println "b"))
(defn main [] -> nil (ignore (wait (spawn-process w))))
