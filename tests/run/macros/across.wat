;; What a macro of another file mentions means what it means there.
(ns user (:use [shop.money :as money :only [euros unless tag]]))

(defn cents [n <- i64] -> String "mine")
(defn join [a <- i64] -> i64 a)

(defn main [] -> nil
  (println (euros 3))
  (println (cents 3))
  (unless false (println "shown"))
  (println (tag a b (c)))
  (println (money/tagged-now "x"))
  (println (shop.money/is-euro (money/coin)))
  (println (money/visible 4)))
