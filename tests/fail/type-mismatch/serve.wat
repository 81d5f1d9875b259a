(defn w {:in i64 :out i64} [] -> nil
  ;; error[type-mismatch]
  (serve (fn [a b] a)))
(defn main [] -> nil (ignore (wait (spawn-process w))))
