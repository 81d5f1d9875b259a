(def x 1)
;; error[redefinition]
(defn x [] -> i64 1)
(defn main [] -> nil (println 1))
