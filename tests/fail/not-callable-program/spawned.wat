(defn start [p <- (Program i64 i64)] -> nil
  ;; error[not-callable-program]
  (p))
(defn worker {:in i64 :out i64} [] -> nil (serve (fn [n] n)))
(defn main [] -> nil (start worker))
