(defn w {:in i64 :out i64} [] -> nil (serve (fn [n] n)))
(defn main [] -> nil
  ;; error[type-mismatch]
  (println (call (spawn-process (w)) 1)))
