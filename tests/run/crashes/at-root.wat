;; What was printed before is delivered; the exit code is 1.
(defn main [] -> nil
  (println "before")
  (panic! "on purpose" {:n 1})
  (println "never"))
