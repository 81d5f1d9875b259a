(defn log [] -> nil (println "expanding"))
(defmacro shout [text]
  ;; error[effect-in-macro]
  (log)
  `(println ~text))
(defmacro fine [text] `(println ~text))
(defn main [] -> nil (fine "x"))
