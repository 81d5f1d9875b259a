;; Values become EDN and come back, or say where they do not fit.
(defstruct Point [x <- i64  y <- f64])
(defn as-point [e <- Edn] -> (Result Point ReadError) (from-edn e))
(defn main [] -> nil
  (let [e (edn (Point 1 2.5))]
    (println e)
    (println (from-edn e -> Point))
    (println (as-point {:x 1 :y 2}))
    (match (as-point {:x 1 :y "no"})
      ((Ok p) (println p))
      ((Err why) (println (tuple (:at why) (:expected why) (:found why)))))
    (println (= (edn [1 2]) (edn [1 2])))
    (println (from-edn (edn [1 2]) -> (Vector i64)))
    (println (err? (from-edn (edn "x") -> i64)))))
