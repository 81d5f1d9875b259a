;; Deep recursion that is not in tail position works or is a crash, never a signal.
(defn depth [n <- i64] -> i64 (if (= n 0) 0 (+ 1 (depth (- n 1)))))
(defn endless [n <- i64] -> i64 (+ 1 (endless (+ n 1))))
(defn main [] -> nil
  (println (depth 10000))
  (println (match (attempt (fn [] (endless 0))) ((Ok _) :impossible) ((Err c) (:kind c))))
  (println "still here"))
