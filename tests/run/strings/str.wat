;; `str` writes text bare at the top and EDN inside collections.
(defstruct Point [x <- i64  y <- i64])
(defn main [] -> nil
  (println (str))
  (println (str "a"))
  (println (str "a" 1 2.5 :c true))
  (println (str ["a" "b"]))
  (println (str (Point 1 2))))
