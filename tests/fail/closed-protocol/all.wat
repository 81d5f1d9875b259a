(defstruct Version [major <- i64  minor <- i64])
;; error[closed-protocol]
(extend Version Ord (compare [a b] (compare (:major a) (:major b))))
;; error[closed-protocol]
(extend Version Show (show [v] "v"))
;; error[closed-protocol]
(extend Version wat.core/Eq (= [a b] true))
(defn main [] -> nil (println (Version 1 0)))
