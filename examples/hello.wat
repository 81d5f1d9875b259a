;; wat examples/hello.wat
(defn main [] -> nil
  (println "hello, tree"))
