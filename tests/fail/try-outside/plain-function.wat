(defn f [s <- String] -> i64
  ;; error[try-outside]
  (try (parse-i64 s)))
(defn main [] -> nil (println (f "1")))
