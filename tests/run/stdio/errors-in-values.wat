;; Each way for a value to be wrong, with the path inside it and the line; reading goes on.
(defstruct Pt [x <- f64  y <- (Option i64)])
(defenum Op (Add [n <- i64  p <- Pt]) Stop)
(defn main [] -> nil
  (match (try-readln -> Op)
    ((Ok (Some v)) (do (println v) (main)))
    ((Ok None) (println "end"))
    ((Err e) (do (println (tuple (:kind e) (:at e) (:expected e) (:found e) (:line e) (:column e))) (main)))))
