;; `attempt` is the smallest unit; the crash is a value with message, data and place.
(defn risky [n <- i64] -> i64 (if (> n 2) (panic! "too much" {:n n}) (* n 10)))
(defn main [] -> nil
  (println (map (fn [n] (ok (attempt (fn [] (risky n))))) [1 2 3]))
  (match (attempt (fn [] (risky 5)))
    ((Ok n) (println n))
    ((Err c) (do (println (tuple (:kind c) (:message c) (:data c) (:path c) (:executed c)))
                 (println (map :line (:place c))))))
  (match (attempt (fn [] (attempt (fn [] (risky 9)))))
    ((Ok (Ok n)) (println n))
    ((Ok (Err c)) (println (:message c)))
    ((Err _) (println "outer")))
  (match (attempt (fn [] (let [n (risky 1)] (fn [m <- i64] (+ n m)))))
    ((Ok f) (println (f 1)))
    ((Err _) (println "never")))
  (println (loop [i 0 crashes 0]
             (if (= i 1000) crashes
               (recur (+ i 1) (match (attempt (fn [] (risky i))) ((Ok _) crashes) ((Err _) (+ crashes 1))))))))
