(defn main [] -> nil
  (println (loop [n 3]
             (if (= n 0)
               0
               ;; error[recur-outside-loop]
               (+ 1 (recur (- n 1)))))))
