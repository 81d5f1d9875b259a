(defn square {:in i64 :out i64} [] -> nil
  (let [n (readln)]
    (println (* n n))))

(defn main [] -> nil
  (println (call (spawn-process square) 3)))
