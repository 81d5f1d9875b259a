;; run: FILE a -b --in c
;; What stands after the file are the program's arguments, options included.
(println (args))
(println (map count (args)))
