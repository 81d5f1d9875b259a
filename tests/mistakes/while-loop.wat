(defn main [] -> nil
  (loop [i 0]
    (while (< i 3)
      (println i)
      (recur (inc i)))))
