(defn square {:in i64 :out i64} [] -> nil
  (serve (fn [n] (* n n))))

(defn main [] -> nil
  (let [p (spawn-process square)
        q (spawn-process (fn {:in i64 :out i64} []
            (serve (fn [n] (unwrap (call p n))))))]
    (println (call q 3))))
