(defstruct Pt [x <- i64])
;; error[redefinition]
(defenum Pt Aa)
(defn main [] -> nil (println 1))
