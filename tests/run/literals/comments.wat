;; Comments, discards and commas are nothing.
#_(println "not this")
(println [1  2 ; two
          #_ 3 #_#_4 5 6])
(println #_1 2)
