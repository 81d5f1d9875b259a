(defn main [] -> nil
  (let [f (fn [n <- i64]
            ;; error[unbound-name]
            (if (= n 0) 0 (f (- n 1))))]
    (println (f 1))))
