(defn worker {:in i64 :out i64} [] -> nil
  (receive
    (n (println (* 2 n)))))

(defn main [] -> nil
  (println (call (spawn-process worker) 3)))
