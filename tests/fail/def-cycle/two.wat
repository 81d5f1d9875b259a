;; error[def-cycle]
(def a (+ b 1))
(def b (+ a 1))
(defn main [] -> nil (println a))
