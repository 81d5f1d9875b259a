(defn echo {:in i64 :out i64} [] -> nil (serve (fn [n] n)))
(defn main [] -> nil
  (let [p (spawn-process echo)]
    ;; error[unused-result]
    (send p 1)
    (println (recv p))))
