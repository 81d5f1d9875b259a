;; error[unbound-name]
(ns user (:use [wat.string :only [joinn]]))
(defn main [] -> nil
  (println 1))
