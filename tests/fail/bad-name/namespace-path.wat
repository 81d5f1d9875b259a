;; error[bad-name]
(ns user (:use [..etc.passwd]
;; error[bad-name]
               [shop/money]))
(defn main [] -> nil (println "x"))
