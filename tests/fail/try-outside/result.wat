(defn main [] -> nil
  ;; error[try-outside]
  (println (try (parse-i64 "1"))))
