;; error[bad-syntax]
(ns user (:require [wat.string]))
(defn main [] -> nil
  (println 1))
