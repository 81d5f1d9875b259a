(defn main [] -> nil
  (let [n 1]
    ;; error[not-a-function]
    (println (n 2))))
