(defn main [] -> nil
  ;; error[unbalanced-bracket]
  (println {:a 1))
