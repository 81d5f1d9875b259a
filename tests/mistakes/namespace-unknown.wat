(ns user (:use [wat.strings :as s]))
(defn main [] -> nil (println (s/trim " a ")))
