;; error[bad-syntax]
(def a)
(defn main [] -> nil (println 1))
