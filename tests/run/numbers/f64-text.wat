;; The fewest digits that read back to the same bits; plain from 1e-5 up to 1e16.
(println [0.0 -0.0 1.0 -1.0])
(println [0.1 0.2 (+ 0.1 0.2)])
(println [1e15 1e16 1.5e16 123456789012345680.0])
(println [0.00001 0.000001 1.5e-7])
(println [5e-324 1.7976931348623157e308])
(println [100.0 1234.5 9007199254740993.0])
(println (/ 1.0 3.0))
