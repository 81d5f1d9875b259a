(defn main [] -> nil
  (let [count 3]
    ;; error[not-a-function]
    (println (count [1 2]))))
