(defn f [n <- i64] -> (Result i64 String) (Ok n))
(defn main [] -> nil
  (doseq [x [1 2]]
    ;; error[unused-result]
    (f x)))
