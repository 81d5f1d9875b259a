(defn main [] -> nil
  (printn 1))
