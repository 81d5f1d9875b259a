(defn load [] -> i64 (do (println "x") 1))
;; error[effect-in-def]
(def a (load))
(defn main [] -> nil (println a))
