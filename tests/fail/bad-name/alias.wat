;; error[bad-name]
(ns user (:use [wat.string :as Str]))
(defn main [] -> nil (println 1))
