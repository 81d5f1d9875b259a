(println (format "%d items" 4))
