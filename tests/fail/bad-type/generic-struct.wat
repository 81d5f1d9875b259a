(defstruct (Box T) [v <- T])
;; error[bad-type]
(defn f [b <- Box] -> i64 1)
(defn main [] -> nil (println (f (Box 1))))
