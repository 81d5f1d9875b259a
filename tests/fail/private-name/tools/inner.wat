(ns tools.inner)
(defmacro hidden {:private true} [x] x)
(defmacro shown [x] `(hidden ~x))
