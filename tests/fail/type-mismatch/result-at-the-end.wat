(defn w {:in i64 :out i64} [] -> nil (serve (fn [n] n)))
(defn main [] -> nil
  ;; error[type-mismatch]
  (wait (spawn-process w)))
