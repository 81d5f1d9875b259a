;; error[redefinition]
(ns user (:use [wat.string :as m] [wat.math :as m]))
(defn main [] -> nil (println 1))
