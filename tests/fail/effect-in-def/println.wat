;; error[effect-in-def]
(def greeting (do (println "no") 1))
(defn main [] -> nil (println greeting))
