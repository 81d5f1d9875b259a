(defn f [s <- String] -> (Option i64)
  ;; error[bad-syntax]
  (try (parse-i64 s) 1))
(defn main [] -> nil (println (f "1")))
