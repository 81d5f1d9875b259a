(ns orphan-extend.parts.money)
(defstruct Money [cents <- i64])
