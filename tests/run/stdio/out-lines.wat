;; run: --out lines FILE
;; With --out lines a String is bare and everything else EDN.
(println "a")
(println (tuple "b" 1))
(println :k)
(println (Some "x"))
(println nil)
(println \a)
(defn xx [] -> nil nil)
