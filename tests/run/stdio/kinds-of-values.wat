;; What is printed reads back.
(defn echo [] -> nil
  (match (readln -> (Tuple (Map keyword (Vector (Option f64))) (Set char) (Result i64 String) Duration Instant))
    ((Some v) (do (println v) (echo)))
    (None nil)))
(defn main [] -> nil (echo))
