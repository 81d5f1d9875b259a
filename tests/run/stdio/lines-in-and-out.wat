;; run: --in lines --out lines FILE
;; Lines as Strings: CR before LF dropped, a last line without LF counts, a line that is not UTF-8 is an error of its own.
(defn main [] -> nil
  (match (try-readln -> String)
    ((Ok (Some s)) (do (println s) (main)))
    ((Ok None) (println "end"))
    ((Err e)
     (do
       (println (str "ERR " (:kind e) (:at e) " " (:expected e) " " (:found e) " " (:line e) " " (:column e)))
       (main)))))
