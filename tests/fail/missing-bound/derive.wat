;; error[missing-bound]
(defstruct Job {:derive [Ord]} [run <- (Fn [] -> i64)])
(defstruct (Box T) {:derive [Ord]} [content <- T])
(defn main [] -> nil (println (< (Box 1) (Box 2))))
