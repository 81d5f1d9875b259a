;; Implementations speak with the world: their types are the contract's, in every process.
(defprotocol Report (report [self <- Self] -> nil))
(extend i64 Report (report [n] (println n)))
(extend String Report (report [s] (eprintln s)))
(extend (Vector T) Report {:where [(Report T)]} (report [xs] (doseq [x xs] (report x))))
(defn report-all {:where [(Report T)]} [x <- T] -> nil (report x))

(defn worker {:in i64 :out i64} [] -> nil
  (match (readln)
    (None nil)
    ((Some n) (do (report-all [[n]]) (report "done") (worker)))))

(defprotocol Job (result [self <- Self] -> i64))
(defstruct Add [a <- i64  b <- i64])
(extend Add Job (result [j] (+ (:a j) (:b j))))
(defn serve-jobs {:in Add :out i64} [] -> nil (serve result))
(defn background {:where [(Job T) (Wire T)]} [job <- T] -> (Result i64 Crash)
  (let [p (spawn-process (fn {:in nil :out i64} [] (serve (fn [_] (result job)))))]
    (call p nil)))

(defn main [] -> nil
  (let [p (spawn-process worker)]
    (println (unwrap (call p 5))))
  (let [p (spawn-process serve-jobs)]
    (println (unwrap (call p (Add 2 3)))))
  (println (unwrap (background (Add 20 30))))
  (println (unwrap (attempt (fn [] (result (Add 1 1)))))))
