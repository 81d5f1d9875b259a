(defn find-age [name <- String] -> (Option i64)
  (if (= name "ann") 40 nil))

(println (find-age "ann"))
