(defn main [] -> nil
  (loop [i 0 sum 0]
    (if (< i 3) (recur (inc i)) (println sum))))
