;; A side that is not declared is Edn: what a thread prints there is Edn to its parent, as a process's is.
(defstruct Pt [x <- i64])
(defenum Ev Aa (Bb [n <- i64]))
(defn w {:in i64} [] -> nil (do (println 3) (println 1.5) (println true) (println nil) (println :k) (println \c) (println (Some 5)) (println (Pt 1)) (println Ev/Aa) (println 'sym) (println (seconds 1)) (println 5N) (println (Ev/Bb 2)) (println #inst "2026-01-01") (println {1 2}) (println (tuple 1 2)) (println (if true None (Some 1))) (println 2.5M)))
(defn show [p <- (Peer i64 Edn)] -> nil (match (recv p) ((Ok (Some v)) (do (println v) (show p))) ((Ok None) (println "end")) ((Err c) (println (:message c)))))
(defn main [] -> nil (show (spawn-process w)) (show (spawn-thread w)))
