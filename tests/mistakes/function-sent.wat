(defenum Job (Run [f <- (Fn [i64] -> i64)]))

(defn worker {:in Job :out i64} [] -> nil
  (serve (fn [job] (match job ((Job/Run f) (f 1))))))

(defn main [] -> nil
  (println (call (spawn-process worker) (Job/Run inc))))
