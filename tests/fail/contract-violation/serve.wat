(defn worker {:in i64 :out i64} [] -> nil
  ;; error[contract-violation]
  (serve (fn [n <- i64] (str n))))
(defn main [] -> nil (println (call (spawn-process worker) 1)))
