(defn main [] -> nil
  (match (channel 1)
    ((tuple s r)
      (let [p (spawn-process (fn {:in i64 :out i64} []
            ;; error[not-wire]
            (serve (fn [n] (do (ignore (send s n)) n)))))]
    (println (call p 1))))))
