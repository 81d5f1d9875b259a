(defn main [] -> nil
  ;; error[refutable-pattern]
  (let [(Some n) (parse-i64 "1")]
    (println n)))
