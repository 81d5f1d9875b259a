(defn main [] -> nil
  (println 1))
;; error[bad-syntax]
(ns user)
