(defstruct Pt [x <- i64])
(defn f [p <- Pt] -> i64
  (match p
    ;; error[unknown-field]
    ({:z z} z)))
(defn main [] -> nil (println (f (Pt 1))))
