(defn main [] -> nil
  ;; error[unbalanced-bracket]
  (println 1)))
