;; error[def-cycle]
(def a (f))
(defn f [] -> i64 (+ a 1))
(defn main [] -> nil (println a))
