(defstruct Person [name <- String  age <- i64])
(defn greet [p <- Person] -> String (:name p))
(defn main [] -> nil
  ;; error[missing-field]
  (println (greet {:name "Ann"})))
