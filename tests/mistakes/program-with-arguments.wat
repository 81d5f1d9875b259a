(defn worker {:in i64 :out i64} [step <- i64] -> nil
  (serve (fn [n] (+ n step))))
(defn main [] -> nil
  (println (call (spawn-process (worker 2)) 1)))
