(defn f [x <- (Option i64)] -> (Result i64 String)
  ;; error[try-outside]
  (Ok (try x)))
(defn main [] -> nil (println (f (Some 1))))
