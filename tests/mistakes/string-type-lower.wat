(defn shout [s <- string] -> string
  (str s "!"))

(println (shout "hey"))
