(ns user
  ;; error[unknown-namespace]
  (:use [no.such.place :as place]))
(defn main [] -> nil (println 1))
