;; Lengths and positions count Unicode scalar values.
(println [(count "") (count "abc") (count "añ漢🌳")])
(println [(nth "añb" 1) (nth "añb" 2)])
(println [(get "abc" 1) (get "abc" 9)])
(println [(subs "hello" 1 3) (subs "hello" 3) (subs "añb" 1 2)])
(println [(empty? "") (empty? "a")])
(println [(= "a" "a") (< "a" "b") (< "Z" "a") (< "z" "é")])
(println (sort ["b" "a" "é" "Z"]))
(println (match (attempt (fn [] (nth "abc" 3))) ((Ok _) :fine) ((Err c) (:kind c))))
