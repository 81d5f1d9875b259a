;; Crossing a limit is a crash in that process alone, of a kind that says which.
(defn grow {:in i64 :out i64} [] -> nil
  (serve (fn [n] (reduce + 0 (vec (range n))))))

(defn spin {:in i64 :out i64} [] -> nil
  (serve (fn [n] (loop [i 0] (if (= i n) i (recur (+ i 1)))))))

(defn parent {:in i64 :out bool} [] -> nil
  (serve (fn [n] (ok? (call (spawn-process grow) n)))))

(defn kind-of [r <- (Result T Crash)] -> (Option keyword)
  (match r ((Err c) (Some (:kind c))) ((Ok _) None)))

(defn main [] -> nil
  (let [small (spawn-process grow {:limits {:heap 4000000}})]
    (println (call small 1000))
    (println (kind-of (call small 10000000))))
  (let [brief (spawn-process spin {:limits {:wall (millis 300)}})]
    (println (kind-of (call brief -1))))
  (let [busy (spawn-process spin {:limits {:cpu (millis 100)}})]
    (println (kind-of (call busy -1))))
  (let [childless (spawn-process parent {:limits {:processes 0}})]
    (println (call childless 10)))
  (let [terse (spawn-process grow {:limits {:value 4}})]
    (println (kind-of (call terse 123456789))))
  (println (call (spawn-process grow) 10)))
