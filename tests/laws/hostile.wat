;; Reads whatever comes as the type its argument names, and says of each value `:value` or the kind of its error.
(ns hostile)

(defenum Order (Buy [sku <- String  quantity <- i64]) (Note [words <- (Vector String)]))

(defn main [] -> nil
  (match (first (args))
    ((Some "order") (orders))
    ((Some "edn")   (anything))
    (_              (panic! "order or edn?"))))

(defn orders [] -> nil
  (match (try-readln -> Order)
    ((Ok (Some _)) (do (println :value) (orders)))
    ((Ok None)     (println :end))
    ((Err e)       (do (println (:kind e)) (orders)))))

(defn anything [] -> nil
  (match (try-readln -> Edn)
    ((Ok (Some _)) (do (println :value) (anything)))
    ((Ok None)     (println :end))
    ((Err e)       (do (println (:kind e)) (anything)))))
