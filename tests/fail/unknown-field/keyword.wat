(defstruct Point [x <- i64  y <- i64])
(defn main [] -> nil
  (let [p (Point 1 2)]
    ;; error[unknown-field]
    (println (:z p))))
