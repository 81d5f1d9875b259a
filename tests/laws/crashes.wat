;; Crashes by the thousand: a line `[what n]` makes n and answers how many were as expected.
(ns crashes)

(defn main [] -> nil
  (match (readln -> (Tuple keyword i64))
    ((Some (tuple what n)) (do (println (many what n 0)) (main)))
    (None nil)))

(defn many [what <- keyword  n <- i64  good <- i64] -> i64
  (if (= n 0) good (many what (- n 1) (+ good (if (one what n) 1 0)))))

(defn one [what <- keyword  n <- i64] -> bool
  (match what
    (:attempt (= (Some :divide-by-zero)
                 (kind-of (map ignore-it (attempt (fn [] (+ (count (vec (range (mod n 50)))) (/ 1 (- n n)))))))))
    (:stack   (= (Some :stack-overflow) (kind-of (map ignore-it (attempt (fn [] (deep n)))))))
    (:thread  (= (Some :panic) (kind-of (wait (spawn-thread (doomed n))))))
    (_        (panic! "what?"))))

(defn ignore-it [n <- i64] -> nil nil)

(defn kind-of [r <- (Result nil Crash)] -> (Option keyword)
  (match r ((Ok _) None) ((Err c) (Some (:kind c)))))

(defn deep [n <- i64] -> i64 (+ 1 (deep (+ n 1))))

(defn doomed [n <- i64] -> (Program i64 i64)
  (fn {:in i64 :out i64} []
    (panic! "doomed" (vec (range (mod n 50))))))
