(defn w [] -> i64 1)
(defn main [] -> nil
  ;; error[type-mismatch]
  (ignore (wait (spawn-process w))))
