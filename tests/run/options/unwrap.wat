;; `unwrap` of nothing is a crash that says why.
(defn main [] -> nil
  (println (unwrap (Some 1) "never"))
  (match (attempt (fn [] (unwrap (get [1] 5) "no sixth")))
    ((Ok n) (println n))
    ((Err c) (println (tuple (:kind c) (:message c)))))
  (match (attempt (fn [] (+ 1 (unwrap (match (parse-i64 "x") ((Some n) (Ok n)) (None (Err {:bad "x"}))) "no number"))))
    ((Ok n) (println n))
    ((Err c) (println (tuple (:kind c) (:message c) (:data c)))))
  (println (unwrap (get [1] 5) "the end"))
  (println "never"))
