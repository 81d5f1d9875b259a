(defn main [] -> nil
  (let [f (fn [n <- i64] n)
        p (spawn-process (fn {:in i64 :out i64} []
            ;; error[not-wire]
            (serve (fn [n] (f (f n))))))]
    (println (call p 1))))
