(defn w {:in i64 :out String} [] -> nil
  ;; error[contract-violation]
  (serve (fn [n] (+ n 1))))
(defn main [] -> nil (ignore (wait (spawn-process w))))
