;; error[def-cycle]
(def a (+ a 1))
(defn main [] -> nil (println a))
