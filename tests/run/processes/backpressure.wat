;; A fast sender and a slow reader: nothing is lost, all stays in order.
(defn summer {:in (Vector i64) :out i64} [] -> nil
  (serve (fn [v] (reduce + 0 v))))
(defn main [] -> nil
  (let [p (spawn-process summer)
        v (vec (range 1000))]
    (println (loop [i 0 waiting 0 total 0]
               (cond (and (= i 200) (= waiting 0)) total
                     (or (= i 200) (= waiting 8))
                     (recur i (- waiting 1) (+ total (unwrap (unwrap (recv p) "crashed") "ended")))
                     :else (do (unwrap (send p v) "send") (recur (+ i 1) (+ waiting 1) total)))))))
