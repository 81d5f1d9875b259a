(defn main [] -> nil
  (println "hello"))

(main)
