;; error[unknown-type-variable]
(defn f {:where [(Ord U)]} [a <- T] -> T a)
(defn main [] -> nil (println (f 1)))
