;; A crash inside the library, called in tail position, points at the program: no frame of ours is left.
(defn worker {:in i64 :out i64} [] -> nil
  (serve (fn [n] (unwrap (get [1 2] n)))))

(defn main [] -> nil
  (match (call (spawn-process worker) 7)
    ((Ok n)  (println n))
    ((Err c) (println (map (fn [p] (tuple (:file p) (:line p))) (:place c))))))
