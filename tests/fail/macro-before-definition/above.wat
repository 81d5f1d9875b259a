;; error[macro-before-definition]
(defn early [] -> nil (unless false (println "shown")))
(defmacro unless [test & body] `(if ~test nil (do ~@body)))
(defn fine [unless <- (Fn [i64] -> i64)] -> i64 (unless 1))
;; error[unsupported-form]
(defn value [] -> nil (ignore [unless]))
(defn main [] -> nil (early))
