;; warning[shadowed-prelude]
(defstruct Option [x <- i64])
(defn main [] -> nil (println (Option 1)))
