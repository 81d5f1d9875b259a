(define (main) (println 1))
