;; Where inside the value, and on which line; reading goes on after each.
(defstruct Point [x <- f64  y <- f64])
(defenum Req (Move [from <- Point  to <- Point]) Stop)
(defn main [] -> nil
  (match (try-readln -> Req)
    ((Ok (Some r)) (do (println r) (main)))
    ((Ok None)     (println :end))
    ((Err e)       (do (println (tuple (:at e) (:line e))) (main)))))
