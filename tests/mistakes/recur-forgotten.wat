(defn main [] -> nil
  (loop [n 3]
    (when (> n 0)
      (println n)
      (dec n))))
