;; Methods are definitions of their protocol's namespace; a protocol that `:only` brings comes with them. The
;; implementation for a type stands in the file of the type.
(ns protocols.namespaces
  (:use [protocols.geometry.shapes :as shapes :only [HasArea Disc]]))

(defstruct Square [a <- f64])
(extend Square HasArea (area-of [s] (* (:a s) (:a s))))
(defenum Land Sea (Field [of <- Square]))
(extend Land shapes/HasArea
  (area-of [l] (match l (Land/Sea 0.0) ((Land/Field s) (area-of s))))
  (shapes/twice-area [_] -1.0))

(defn largest {:where [(shapes/HasArea T)]} [xs <- (Vector T)] -> f64
  (reduce max 0.0 (map shapes/area-of xs)))

(defn main [] -> nil
  (println (area-of (Disc 1.0)))
  (println (shapes/area-of (Square 3.0)))
  (println (:protocols.geometry.shapes::twice-area (Square 3.0)))
  (println (twice-area (Land/Field (Square 3.0))))
  (println (shapes/total [(Square 1.0) (Square 2.0)]))
  (println (shapes/total [[(Disc 1.0)] []]))
  (println (largest [(Land/Field (Square 2.0)) Land/Sea]))
  (println (area-of 1.5))
  (println (shapes/reveal (Disc 1.0))))
