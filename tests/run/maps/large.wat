;; Fifty thousand entries in and out again.
(defn main [] -> nil
  (let [m (reduce (fn [m n] (assoc m n (* n n))) {} (range 50000))
        e (reduce (fn [m n] (dissoc m n)) m (range 49990))]
    (println [(count m) (count e)])
    (println [(get m 777) (get m 50000)])
    (println (sort (keys e)))
    (println (reduce + 0 (vals e)))))
