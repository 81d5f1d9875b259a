(defprotocol Describe (describe [self <- Self] -> String))
(extend i64 Describe (describe [n] (str "the number " n)))
(defalias Count i64)
;; error[duplicate-implementation]
(extend Count Describe (describe [n] (str n)))
(defn main [] -> nil (println (describe 1)))
