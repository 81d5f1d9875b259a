;; run: --out lines FILE
;; A String with a newline cannot be one line.
(println "a\nb")
(println "after")
