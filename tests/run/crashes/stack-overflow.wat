;; Recursion without end is a crash of its kind in attempt, process and thread, again and again.
(defn deep [n <- i64] -> i64 (+ 1 (deep (+ n 1))))
(defn w {:in i64 :out i64} [] -> nil (serve (fn [n] (deep n))))
(defn main [] -> nil
  (println (map-err (fn [c] (tuple (:kind c) (:message c) (> (count (:trace c)) 5))) (attempt (fn [] (deep 0)))))
  (println (map-err (fn [c] (tuple (:kind c) (:message c))) (attempt (fn [] (deep 0)))))
  (println (map-err (fn [c] (tuple (:kind c) (:message c))) (call (spawn-process w) 0)))
  (println (map-err (fn [c] (tuple (:kind c) (:message c))) (call (spawn-thread w) 0)))
  (println (map-err (fn [c] (tuple (:kind c) (:message c))) (call (spawn-thread w) 0)))
  (println "fine"))
