(defn power {:in i64 :out i64} [k <- i64] -> nil
  (serve (fn [n] (* k n))))

(defn main [] -> nil
  (let [p (spawn-process power)]
    (println (call p 3))))
