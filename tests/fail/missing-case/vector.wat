(defn f [xs <- (Vector i64)] -> i64
  ;; error[missing-case]
  (match xs
    ([] 0)
    ([a b & _] (+ a b))))
(defn main [] -> nil (println (f [])))
