;; A def is computed only where it is mentioned: here in the child alone.
(def boom (nth [1 2] 5))
(defn w {:in i64 :out i64} [] -> nil (serve (fn [n] (+ n boom))))
(defn main [] -> nil
  (println "main runs")
  (println (map-err (fn [c] (tuple (:kind c) (:message c) (:path c) (:program c))) (call (spawn-process w) 1))))
