(defn w {:in i64 :out i64} [] -> nil (serve (fn [n] n)))
(defn main [] -> nil
  (let [p (spawn-process w)]
    ;; error[type-mismatch]
    (println (call p 1 {:timeout 5}))))
