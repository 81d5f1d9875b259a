(defn worker {:in i64 :out i64} [] -> nil (serve inc))
(defn main [] -> nil
  (let [p (spawn-process worker)]
    (send p 1)
    (close p)))
