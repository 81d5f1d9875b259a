(defn f [xs <- (Vector i64)] -> i64
  ;; error[missing-case]
  (match xs ([] 0) ([a] a) ([a b] b)))
(defn main [] -> nil (println (f [])))
