(defn w {:in i64 :out i64} [] -> nil (serve (fn [n] n)))
(defn main [] -> nil
  (let [p (spawn-process w)]
    ;; error[unused-result]
    (when true (send p 1))))
