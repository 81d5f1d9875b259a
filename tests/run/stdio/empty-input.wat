;; At the end of input every read says so.
(defn main [] -> nil
  (println [(readln -> i64) (readln -> i64)])
  (println (try-readln -> i64)))
