(defn worker {:in i64 :out i64} [] -> nil
  (let [n (unwrap (readln) "more")]
    (println (* 2 n))
    worker))
(defn main [] -> nil
  (println (call (spawn-process worker) 3)))
