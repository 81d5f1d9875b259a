(defn w {:in i64 :out i64} [] -> nil (serve (fn [n] n)))
(defn main [] -> nil
  ;; error[wrong-arity]
  (ignore (wait (spawn-process w {} 1))))
