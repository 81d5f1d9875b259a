(defn main [] -> nil
  (let [p (spawn-process (fn {:in i64 :out i64} []
            ;; error[contract-violation]
            (println "a")))]
    (println (recv p))))
