(defn main [] -> nil
  (let [down (fn [n <- i64] -> i64
               (if (= n 0) 0 (down (- n 1))))]
    (println (down 3))))
