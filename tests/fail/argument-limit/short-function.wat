(defn main [] -> nil
  ;; error[argument-limit]
  (println (#(+ % %21) 1)))
