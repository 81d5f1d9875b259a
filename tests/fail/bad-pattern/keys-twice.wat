(defstruct Pt [x <- i64])
(defn main [] -> nil
  ;; error[bad-pattern]
  (let [{:keys [x x]} (Pt 1)] (println x)))
