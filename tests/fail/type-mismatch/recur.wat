(defn main [] -> nil
  (println (loop [i 0]
    ;; error[type-mismatch]
    (if (> i 3) i (recur "a")))))
