;; Comments, discards and commas are nothing.
#_ (println "not this")
(println [1, 2 ; two
          #_ 3 #_ #_ 4 5 6])
(println #_ 1 2)
