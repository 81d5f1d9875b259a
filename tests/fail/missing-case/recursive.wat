(defenum (Tr T) Leaf (Node [l <- (Tr T) v <- T r <- (Tr T)]))
(defn f [t <- (Tr i64)] -> i64
  ;; error[missing-case]
  (match t (Tr/Leaf 0) ((Tr/Node Tr/Leaf v _) v)))
(defn main [] -> nil (println (f Tr/Leaf)))
