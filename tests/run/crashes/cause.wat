;; A crash because of a crash carries it.
(defn main [] -> nil
  (match (attempt (fn [] (unwrap (attempt (fn [] (/ 1 0))) "the inner one")))
    ((Ok n) (println n))
    ((Err c) (println (tuple (:kind c) (:message c) (map :kind (:cause c)) (:data c)))))
  (match (attempt (fn [] (match (attempt (fn [] (/ 1 0)))
                           ((Ok n) n)
                           ((Err c) (panic! "rethrown" c)))))
    ((Ok n) (println n))
    ((Err c) (println (tuple (:message c) (map :kind (:cause c)))))))
