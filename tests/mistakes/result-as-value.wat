(defn tell {:in i64 :out i64} [] -> nil
  (serve inc))

(defn main [] -> nil
  (let [p (spawn-process tell)]
    (println (+ 1 (call p 2)))))
