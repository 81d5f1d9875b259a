(defn main [] -> nil
  (println (try (parse-i64 "x"))))
