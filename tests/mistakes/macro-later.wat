(defn main [] -> nil
  (unless false (println 1)))
(defmacro unless [test & body] `(if ~test nil (do ~@body)))
