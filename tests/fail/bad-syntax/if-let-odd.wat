(defn main [] -> nil
  ;; error[bad-syntax]
  (if-let [x] (println 1) nil))
