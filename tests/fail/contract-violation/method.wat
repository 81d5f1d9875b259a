(defprotocol Report (report [self <- Self] -> nil))
(extend i64 Report (report [n] (println n)))
(extend String Report
  (report [s]
    ;; error[contract-violation]
    (println s)))
(extend (Vector T) Report {:where [(Report T)]} (report [xs] (doseq [x xs] (report x))))
(defn twice {:where [(Report T)]} [x <- T] -> nil (do (report x) (report x)))
(defn numbers {:in nil :out i64} [] -> nil (do (twice [[1]]) (report 2)))
(defn texts {:in nil :out i64} [] -> nil (twice [["a"]]))
(defn main [] -> nil
  (println (tuple (wait (spawn-process numbers)) (wait (spawn-process texts)))))
