;; A program is named where it is spawned; under another name it is a function.
(defn worker {:in i64 :out i64} [] -> nil (serve (fn [n] n)))
(defn main [] -> nil
  (let [w worker]
    ;; error[type-mismatch]
    (println (call (spawn-process w) 1))))
