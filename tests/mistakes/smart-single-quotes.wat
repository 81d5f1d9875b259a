(println ‘hello world’)
