;; To all and from all, in the order of the peers.
(defn scaled [k <- i64] -> (Program i64 i64)
  (fn {:in i64 :out i64} [] (serve (fn [n] (* k n)))))
(defn main [] -> nil
  (let [peers (map (fn [k] (spawn-process (scaled k))) [1 2 3])]
    (println (scatter peers 5))
    (println (gather peers))))
