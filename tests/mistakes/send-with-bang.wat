(defn worker {:in i64 :out i64} [] -> nil
  (serve inc))

(defn main [] -> nil
  (let [p (spawn worker)]
    (! p 3)))
