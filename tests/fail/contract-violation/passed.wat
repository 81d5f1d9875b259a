(defn w {:in i64 :out i64} [] -> nil
  (do (ignore (map
    ;; error[contract-violation]
    println ["a"])) (println 1)))
(defn main [] -> nil (ignore (wait (spawn-process w))))
