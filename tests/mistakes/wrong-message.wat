(defn worker {:in i64 :out i64} [] -> nil (serve inc))
(defn main [] -> nil
  (println (call (spawn-process worker) "one")))
