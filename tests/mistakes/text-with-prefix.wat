(println f"hello {name}")
