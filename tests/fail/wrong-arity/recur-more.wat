(defn main [] -> nil
  (println (loop [i 0]
    ;; error[wrong-arity]
    (if (> i 3) i (recur 1 2)))))
