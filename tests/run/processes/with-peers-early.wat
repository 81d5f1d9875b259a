;; A scope left early or by try ends its peers at once, busy ones too.
(defn echo {:in i64 :out i64} [] -> nil (serve (fn [n] n)))
(defn slow {:in i64 :out i64} [] -> nil (serve (fn [ms] (do (sleep (millis ms)) ms))))
(defn early [n <- i64] -> (Result i64 String)
  (with-peers [a (spawn-process echo) b (spawn-process slow) c (spawn-process slow)]
    (unwrap (send b 50000))
    (unwrap (send c 50000))
    (if (> n 1) (Err "early") (Ok (unwrap (call a n))))))
(defn tried [n <- i64] -> (Option i64)
  (with-peers [a (spawn-process slow)]
    (unwrap (send a 50000))
    (let [x (try (if (> n 0) (Some n) None))] (Some (* x 2)))))
(defn both [] -> (Vector (Result i64 Crash))
  (with-peers [a (spawn-process echo) b (spawn-thread echo)] [(call a 1) (call b 2)]))
(defn total [xs <- (Vector i64)] -> (Result i64 String)
  (Ok (loop [i 0 sum 0]
        (if (= i (count xs))
          sum
          (recur (+ i 1)
                 (with-peers [a (spawn-thread echo)]
                   (+ sum
                      (try (map-err :message
                                    (call a (try (if (< (nth xs i) 0) (Err "negative") (Ok (nth xs i))))))))))))))
(defn main [] -> nil
  (println [(early 1) (early 2)])
  (println [(tried 1) (tried 0)])
  (println (both))
  (println [(total [1 2 3]) (total [1 -2 3])])
  (with-peers [] (println "none"))
  (println (with-peers [a (spawn-process echo)] (close a) (wait a))))
