(defn square {:in i64 :out i64} [] -> nil
  (serve (fn [n] (* n n))))

(defn main [] -> nil
  (let [p (spawn-process square)
        n (call p 3)]
    (println (* 2 n))))
