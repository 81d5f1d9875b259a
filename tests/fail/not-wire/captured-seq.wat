(defn main [] -> nil
  (let [xs (range 10)
        p (spawn-process (fn {:in i64 :out i64} []
            ;; error[not-wire]
            (serve (fn [n] (+ n (count xs))))))]
    (println (call p 1))))
