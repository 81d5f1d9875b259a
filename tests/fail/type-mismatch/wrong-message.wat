(defn worker {:in i64 :out String} [] -> nil (serve (fn [n] (str n))))
(defn main [] -> nil
  (let [p (spawn-process worker)]
    ;; error[type-mismatch]
    (println (call p "seven"))))
