;; wat.math wraps and saturates where the prelude crashes.
(ns user (:use [wat.math :as math]))
(defn main [] -> nil
  (println (math/wrap-add math/max-i64 1))
  (println (math/wrap-sub math/min-i64 1))
  (println (math/wrap-mul math/max-i64 2))
  (println [(math/sat-add math/max-i64 1) (math/sat-sub math/min-i64 1) (math/sat-mul math/max-i64 -2)])
  (println [(math/bit-and 12 10) (math/bit-or 12 10) (math/bit-xor 12 10) (math/bit-not 0)])
  (println [(math/shl 1 10) (math/shr -8 1)])
  (println [(math/sqrt 2.25) (math/floor -1.5) (math/ceil 1.2) (math/trunc -1.7)])
  (println [(math/gcd 12 18) (math/power 3 4) (math/clamp 0 10 12)]))
