(ns user (:use [wat.string :as str]))
(defn main [] -> nil
  ;; error[unknown-namespace]
  (println (string/join "," ["a"])))
