(defn worker {:in i64 :out i64} [] -> nil (serve inc))
(defn main [] -> nil
  (let [w worker]
    (println (call (spawn-process w) 1))))
