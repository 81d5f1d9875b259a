(defn main [] -> nil
  ;; error[ambiguous-type]
  (match (readln) ((Some e) (println (:x e))) (None nil)))
