;; A hundred thousand elements, changed at both ends and in the middle.
(defn build [n <- i64] -> (Vector i64)
  (loop [i 0 v []] (if (= i n) v (recur (+ i 1) (conj v i)))))
(defn main [] -> nil
  (let [v (build 100000)
        w (assoc v 50000 -1)]
    (println (count v))
    (println [(nth v 0) (nth v 50000) (nth v 99999)])
    (println [(nth w 50000) (nth v 50000)])
    (println (reduce + 0 v))
    (println (= v (vec (range 100000))))
    (println (count (concat v w)))
    (println (subvec v 49999 50002))))
