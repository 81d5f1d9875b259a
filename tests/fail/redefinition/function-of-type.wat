(defstruct Pt [x <- i64])
;; error[redefinition]
(defn Pt [] -> i64 1)
(defn main [] -> nil (println (:x (Pt 1))))
