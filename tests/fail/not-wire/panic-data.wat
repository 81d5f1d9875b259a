(defn main [] -> nil
  ;; error[not-wire]
  (panic! "x" (fn [x] x)))
