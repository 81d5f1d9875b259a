;; warnings do not stop a program; several mistakes are each reported once
(defn f [n <- i64] -> i64
  (match n
    (_ 1)
    ;; warning[unreachable-arm]
    (2 2)))
(defn main [] -> nil
  ;; error[unbound-name]
  (println (g 1))
  ;; error[wrong-arity]
  (println (f)))
