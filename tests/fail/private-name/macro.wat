;; A private macro is for the macros of its own file.
(ns user (:use [tools.inner :as inner]))
(defn main [] -> nil
  (println (inner/shown 1))
  ;; error[private-name]
  (println (inner/hidden 1)))
