(defn f [b <- (Result i64 String)] -> i64
  ;; error[missing-case]
  (match b ((Ok n) n)))
(defn main [] -> nil (println (f (Ok 1))))
