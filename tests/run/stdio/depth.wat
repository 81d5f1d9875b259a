;; 256 levels pass in each tier; one more is refused where it is made.
(defn nestv [n <- i64] -> Edn (loop [i 1 v (edn (vec-of))] (if (= i n) v (recur (+ i 1) (edn [v])))))
(defn vec-of [] -> (Vector i64) [])
(defn echo {:in Edn :out Edn} [] -> nil (serve (fn [s <- Edn] -> Edn s)))
(defn k [r <- (Result T Crash)] -> (Result nil (Tuple keyword (Option keyword)))
  (map (fn [_] nil) (map-err (fn [c] (tuple (:kind c) (:executed c))) r)))
(defn main [] -> nil
  (doseq [n [255 256 257]]
    (println (tuple n (map-err :kind (attempt (fn [] (do (ignore (nestv n)) nil))))))
    (let [r (attempt (fn [] (nestv n)))]
      (match r
        ((Ok v)
         (do
           (println (k (call (spawn-process echo) v)))
           (println (k (call (spawn-thread echo) v)))
           (println (map-err :kind (attempt (fn [] (count (str v))))))))
        ((Err _) nil)))))
