(println "a path: C:\new\dir")
