(defprotocol Describe (describe [self <- Self] -> String))
(extend (Vector T) Describe (describe [xs] "some"))
;; error[duplicate-implementation]
(extend (Vector i64) Describe (describe [xs] "numbers"))
(extend (Tuple T i64) Describe (describe [_] "a"))
(extend (Tuple T String) Describe (describe [_] "b"))
;; error[duplicate-implementation]
(extend (Tuple bool T) Describe (describe [_] "c"))
(defn main [] -> nil (println (describe [1])))
