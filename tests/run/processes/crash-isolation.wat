;; One child's crash is its own: siblings notice nothing, the parent learns what and where.
(defn divider {:in i64 :out i64} [] -> nil (serve (fn [n] (/ 100 n))))
(defn main [] -> nil
  (let [peers (map (fn [_] (spawn-process divider)) (vec (range 3)))]
    (println (map (fn [p] (ok (call p 5))) peers))
    (println (map-err (fn [c] (tuple (:kind c) (:path c) (:program c))) (call (nth peers 1) 0)))
    (println (map (fn [p] (ok (call p 4))) peers))))
