(defn find-user [id <- i64] -> String
  (if (= id 1) "ann" nil))
(defn main [] -> nil (println (find-user 1)))
