;; error[bad-name]
(ns User)
(defn main [] -> nil
  (println 1))
