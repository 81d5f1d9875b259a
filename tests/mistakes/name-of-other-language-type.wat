(defn greet [name <- string] -> nil (println name))
(defn main [] -> nil (greet "a"))
