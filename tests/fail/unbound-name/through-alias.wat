(ns user (:use [wat.string :as s]))
(defn main [] -> nil
  ;; error[unbound-name]
  (println (s/joinn "," ["a"])))
