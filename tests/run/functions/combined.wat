;; Functions made from functions.
(println (map (partial * 3) [1 2]))
(println (map (partial subs "hello" 1) [2 5]))
(println (map (comp count str inc) [9 99]))
(println (map (juxt inc str odd?) [1 2]))
(println [(filter (some-fn even? neg? zero?) [1 2 -3 0]) (filter (every-pred even? pos?) [1 2 -4 0])])
