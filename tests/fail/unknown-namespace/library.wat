;; error[unknown-namespace]
(ns user (:use [wat.strng]))
(defn main [] -> nil
  (println 1))
