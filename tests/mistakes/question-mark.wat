(defn half [text <- String] -> (Option i64)
  (Some (/ (parse-i64 text)? 2)))

(println (half "8"))
