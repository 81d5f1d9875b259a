(defn main [] -> nil
  (let (x 1 y 2)
    (println (+ x y))))
