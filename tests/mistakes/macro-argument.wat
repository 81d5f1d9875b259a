(defmacro unless [test & body]
  `(if ~test nil (do ~@body)))

(defn main [] -> nil
  (unless "yes" (println "no")))
