;; A pool answers in the order of the values, whoever did the work; one that crashes takes its value with it, and the
;; others go on.
(defn square {:in i64 :out i64} [] -> nil
  (serve (fn [n] (if (= n 3) (panic! "not three" n) (* n n)))))

(defn once {:in i64 :out i64} [] -> nil
  (match (readln) ((Some n) (println n)) (None nil)))

(defn slow {:in i64 :out i64} [] -> nil
  (serve (fn [n] (do (sleep (millis n)) n))))

(defn shown [answers <- (Vector (Result i64 Crash))] -> (Vector (Result i64 String))
  (map (fn [r] (map-err :message r)) answers))

(defn main [] -> nil
  (let [p (pool 3 square)]
    (println (shown (pool-map p [1 2 3 4 5 6 7])))
    ;; Two are left, and take the same work again.
    (println (shown (pool-map p [5 6 7])))
    (println (pool-map p [])))
  ;; Each ends well after one answer: nobody is left for the rest.
  (println (map (fn [r] (map-err :kind r)) (pool-map (pool 2 once) [1 2 3])))
  ;; The order is that of the values, not of the answers.
  (println (pool-map (pool 3 slow) [40 1 20 2]))
  ;; What a program takes along goes to each.
  (let [k 10]
    (println (pool-map (pool 2 (fn {:in i64 :out i64} [] (serve (fn [n] (+ n k))))) [1 2])))
  (println (map-err :message (attempt (fn [] (ignore (pool 0 square)))))))
