(defn f [x <- (Result i64 i64)] -> (Result i64 String)
  ;; error[try-outside]
  (Ok (try x)))
(defn main [] -> nil (println (f (Ok 1))))
