;; Input of type Edn takes everything.
(defn main [] -> nil
  (match (readln -> Edn)
    ((Some e) (do (println e) (main)))
    (None nil)))
