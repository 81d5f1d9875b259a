(defn main [] -> nil
  ;; error[bad-syntax]
  (println (cond (= 1 1) 1 :else)))
