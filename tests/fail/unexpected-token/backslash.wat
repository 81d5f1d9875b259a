(defn main [] -> nil
  ;; error[unexpected-token]
  (println \ ))
