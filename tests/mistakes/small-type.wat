(defstruct point [x <- f64])
(defn main [] -> nil nil)
