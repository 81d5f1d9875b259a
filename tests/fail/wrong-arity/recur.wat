(defn main [] -> nil
  (println (loop [a 1 b 2]
             (if (> a 9) b
               ;; error[wrong-arity]
               (recur (+ a 1))))))
