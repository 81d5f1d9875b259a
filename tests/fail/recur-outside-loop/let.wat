(defn main [] -> nil
  (println (loop [i 0]
    ;; error[recur-outside-loop]
    (let [x (recur 1)] x))))
