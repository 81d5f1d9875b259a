;; A crash in what a macro made is placed at the call.
(defmacro ratio [a b] `(/ ~a ~b))
(defn risky [n <- i64] -> i64
  (ratio 1 n))
(defn main [] -> nil
  (match (attempt (fn [] (risky 0)))
    ((Ok n) (println n))
    ((Err crash) (println (map :line (:place crash))))))
