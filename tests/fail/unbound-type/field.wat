;; error[unbound-type]
(defstruct Order [sku <- Strng])
(defn main [] -> nil (println 1))
