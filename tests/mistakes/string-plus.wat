(defn main [] -> nil
  (println (+ "a" "b")))
