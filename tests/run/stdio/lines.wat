;; Values in any layout come in, one line per value goes out.
(defstruct Order [sku <- String  qty <- i64])
(defn main [] -> nil
  (match (readln)
    ((Some (Order sku qty)) (do (println (tuple sku (* 2 qty))) (main)))
    (None (println :end))))
