(defprotocol Grow (grow [self <- Self] -> i64))
(extend i64 Grow (grow [n] n))
(extend (Vector T) Grow {:where [(Grow T)]}
  (grow [xs]
    ;; error[polymorphic-recursion]
    (grow [xs])))
(extend (Option T) Grow {:where [(Grow T)]}
  ;; error[polymorphic-recursion]
  (grow [x] (through (Some x))))
(defn through {:where [(Grow T)]} [x <- T] -> i64 (grow (Some x)))
(defn main [] -> nil (println (+ (grow [1]) (grow (Some 1)))))
