(defn main [] -> nil
  (let [x
        ;; error[unbound-name]
        (foo 1)]
    (println (+ x (count x)))))
