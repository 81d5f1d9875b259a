(defn f [b <- String] -> i64
  ;; error[missing-case]
  (match b ("a" 1) ("b" 2)))
(defn main [] -> nil (println (f "a")))
