(println 'hello world')
