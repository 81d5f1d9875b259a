(defn main [] -> nil
  (let [f (fn [n] (+ n 1))
        p (spawn-process (fn {:in i64 :out i64} [] (serve f)))]
    (println (call p 1))))
