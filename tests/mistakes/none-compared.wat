(defn main [] -> nil
  (let [x (first [1 2])]
    (if (= x nil) (println "none") (println "some"))))
