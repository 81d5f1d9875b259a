;; error[bad-syntax]
(ns user (:use wat.string))
(defn main [] -> nil
  (println 1))
