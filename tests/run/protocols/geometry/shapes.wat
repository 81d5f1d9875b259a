(ns protocols.geometry.shapes)

(defprotocol HasArea
  "What covers a part of the plane."
  (area-of [self <- Self] -> f64)
  (twice-area [self <- Self] -> f64 (* 2.0 (area-of self))))
(defprotocol Secret {:private true} (hidden [self <- Self] -> i64))

(defstruct Disc [r <- f64])
(extend Disc HasArea (area-of [d] (* 3.0 (:r d) (:r d))))
(extend Disc Secret (hidden [_] 42))
(extend f64 HasArea (area-of [side] (* side side)))
(extend (Vector T) HasArea {:where [(HasArea T)]} (area-of [xs] (reduce + 0.0 (map area-of xs))))
(defn total {:where [(HasArea T)]} [xs <- (Vector T)] -> f64 (area-of xs))
(defn reveal [d <- Disc] -> i64 (hidden d))
