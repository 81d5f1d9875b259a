;; `readln` crashes on input that is not a value of its type.
(defn main [] -> nil
  (println (readln -> i64))
  (println (readln -> i64))
  (println "never"))
