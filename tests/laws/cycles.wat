;; Spawns and ends, each in another way: a line `n` makes n of them and answers how many ended badly.
(ns cycles)

(defn main [] -> nil
  (match (readln -> i64)
    ((Some n) (do (println (cycles 0 n 0)) (main)))
    (None nil)))

(defn cycles [i <- i64  n <- i64  bad <- i64] -> i64
  (if (= i n) bad (cycles (+ i 1) n (+ bad (cycle (mod i 12))))))

(defn cycle "One start and end of a kind: 1 where it ended badly." [kind <- i64] -> i64
  (match kind
    (0  (asked (spawn-process (steps 0))))
    (1  (asked (spawn-process (steps 1))))
    (2  (asked (spawn-process (steps 2))))
    (3  (asked (spawn-process (steps 3))))
    (4  (badly (wait (spawn-process (steps 4)))))
    (5  (badly (kill (spawn-process (steps 5)))))
    (6  (badly (stop (spawn-process (steps 6)))))
    (7  (do (ignore (spawn-process (steps 7))) 0))
    (8  (asked (spawn-thread (steps 0))))
    (9  (asked (spawn-thread (steps 2))))
    (10 (badly (kill (spawn-thread (steps 5)))))
    (_  (badly (attempt (fn [] (kept (spawn-process (steps 5)))))))))

(defn asked [p <- (Peer i64 i64)] -> i64
  (do (ignore (call p 1))
      (badly (wait p))))

(defn kept "Crashes while it holds a peer." [p <- (Peer i64 i64)] -> nil
  (do (unwrap (send p 1) "send")
      (nth [nil] (count (path p)))))

(defn badly [r <- (Result nil Crash)] -> i64
  (match r ((Ok _) 0) ((Err _) 1)))

(defn steps "Fails at its first step, between reading and answering, or after its answer; or does not."
  [kind <- i64] -> (Program i64 i64)
  (fn {:in i64 :out i64} []
    (match kind
      (1 (panic! "before the first request"))
      (2 (serve (fn [n] (/ n (- n n)))))
      (3 (do (println (unwrap-or (readln -> i64) 0))
             (panic! "after the answer")))
      (_ (serve (fn [n] (+ n kind)))))))
