(defn f [] -> i64 1)
;; error[redefinition]
(defn f [] -> i64 2)
(defn main [] -> nil (println (f)))
