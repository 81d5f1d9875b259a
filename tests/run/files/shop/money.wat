(ns files.shop.money)

(def cents-per-euro 100)
(defn euros [n <- i64] -> i64 (* n cents-per-euro))
