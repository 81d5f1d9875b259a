;; Writes to both of its streams, and starts a child that answers.
(ns speaks)

(defn main [] -> nil
  (do (eprintln "to stderr")
      (println (call (spawn-process doubler) 21))
      (match (readln -> i64)
        ((Some n) (println n))
        (None     (println :nothing)))))

(defn doubler {:in i64 :out i64} [] -> nil (serve (fn [n] (* 2 n))))
