(defn w {:in i64 :out i64} [] -> nil (serve (fn [n] n)))
;; error[effect-in-def]
(def p (spawn-process w))
(defn main [] -> nil (println 1))
