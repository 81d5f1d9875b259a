;; The mention that closes the circle.
(def a (+ b 1))
;; error[def-cycle]
(def b (+ a 1))
(defn main [] -> nil (println a))
