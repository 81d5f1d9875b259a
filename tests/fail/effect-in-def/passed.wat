;; error[effect-in-def]
(def a (map println [1 2]))
(defn main [] -> nil (println 1))
