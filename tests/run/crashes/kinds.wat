;; Each way to crash has its kind.
(defn kind [f <- (Fn [] -> i64)] -> keyword
  (match (attempt f) ((Ok _) :fine) ((Err c) (:kind c))))
(defn main [] -> nil
  (println (kind (fn [] (panic! "no"))))
  (println (kind (fn [] (do (assert (= 1 2)) 0))))
  (println (kind (fn [] (/ 1 (- 1 1)))))
  (println (kind (fn [] (* 4611686018427387904 2))))
  (println (kind (fn [] (nth [1] 1))))
  (println (kind (fn [] (unwrap (parse-i64 "x") "no number"))))
  (println (kind (fn [] 1))))
