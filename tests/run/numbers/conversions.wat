;; Conversions are written; text is parsed into an Option.
(println [(f64 3) (f64 1.5)])
(println [(i64 3.99) (i64 -3.99) (i64 \A)])
(println [(parse-i64 "42") (parse-i64 "-42") (parse-i64 "4x") (parse-i64 "") (parse-i64 "99999999999999999999")])
(println [(parse-f64 "1.5") (parse-f64 "1e3") (parse-f64 "x")])
(println (map-err :message (attempt (fn [] (i64 1e300)))))
(println (map-err :message (attempt (fn [] (i64 ##NaN)))))
