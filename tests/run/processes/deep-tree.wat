;; Six levels of processes, each the same program; each knows its place.
(defn node {:in i64 :out (Vector String)} [] -> nil
  (serve (fn [depth]
    (if (= depth 0)
      [(path)]
      (let [child (spawn-process node)]
        (conj (unwrap (call child (- depth 1)) "child") (path)))))))
(defn main [] -> nil
  (println (path))
  (println (unwrap (call (spawn-process node) 5) "top")))
