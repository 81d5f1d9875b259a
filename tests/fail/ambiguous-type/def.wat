;; The value of a `def` says its type by itself; what is done with it elsewhere does not.
;; error[ambiguous-type]
(def rows [])
;; error[ambiguous-type]
(def found None)
;; error[ambiguous-type]
(def index {})
(def none-yet (fn [] 1))
(defn main [] -> nil (println (conj rows 1)))
