;; The prelude's numbers: arithmetic, comparison with zero, and conversions between the types of numbers. A room of
;; `core.wat`, which says how definitions are written. More numbers are in `wat.math`.
(ns wat.core)

(defn add-numbers "The sum; on i64 a crash where it does not fit. Example: (+ 1 2 3) => 6"
  {:intrinsic "add" :variadic fold :overload + :on [0 1] :where [(Num T)]}
  [a <- T  b <- T] -> T)

(defn multiply-numbers "The product; on i64 a crash where it does not fit. Example: (* 2 3 4) => 24"
  {:intrinsic "mul" :variadic fold :overload * :on [0 1] :where [(Num T)]}
  [a <- T  b <- T] -> T)

(defn subtract "The difference. Example: (- 10 3 2) => 5"
  {:intrinsic "sub" :variadic fold :overload - :on [0 1] :where [(Num T)]}
  [a <- T  b <- T] -> T)

(defn negate "The number with its sign changed. Example: (- 5) => -5"
  {:intrinsic "neg" :overload - :where [(Num T)]}
  [a <- T] -> T)

(defn divide "The quotient; on i64 it truncates, and a divisor 0 is a crash. Example: (/ 7 2) => 3"
  {:intrinsic "div" :variadic fold :overload / :on [0 1] :where [(Num T)]}
  [a <- T  b <- T] -> T)

(defn reciprocal "One over the number. Example: (/ 2.0) => 0.5"
  {:overload /}
  [a <- f64] -> f64
  (divide 1.0 a))

(defn quot "The quotient, truncated. Example: (quot -7 2) => -3"
  {:intrinsic "quot"}
  [a <- i64  b <- i64] -> i64)

(defn rem "The remainder, with the sign of the dividend. Example: (rem -7 2) => -1"
  {:intrinsic "rem" :where [(Num T)]}
  [a <- T  b <- T] -> T)

(defn mod "The remainder, with the sign of the divisor. Example: (mod -7 2) => 1"
  {:intrinsic "mod" :where [(Num T)]}
  [a <- T  b <- T] -> T)

(defn abs-number "The number without its sign. Example: (abs -5) => 5"
  {:intrinsic "abs" :overload abs :where [(Num T)]}
  [a <- T] -> T)

(defn inc "One more. Example: (inc 1) => 2" [n <- i64] -> i64 (+ n 1))
(defn dec "One less. Example: (dec 1) => 0" [n <- i64] -> i64 (- n 1))
(defn zero? "Whether it is 0. Example: (zero? 0) => true" [n <- i64] -> bool (= n 0))
(defn pos? "Whether it is above 0. Example: (pos? 0) => false" [n <- i64] -> bool (> n 0))
(defn neg? "Whether it is below 0. Example: (neg? -1) => true" [n <- i64] -> bool (< n 0))
(defn even? "Whether 2 divides it. Example: (even? 4) => true" [n <- i64] -> bool (= (rem n 2) 0))
(defn odd? "Whether 2 does not divide it. Example: (odd? 4) => false" [n <- i64] -> bool (not= (rem n 2) 0))

(defn f64-of-i64 "The nearest f64. Example: (f64 3) => 3.0"
  {:overload f64 :intrinsic "to_f64"}
  [n <- i64] -> f64)

(defn f64-of-f64 "The same number. Example: (f64 1.5) => 1.5"
  {:overload f64}
  [n <- f64] -> f64
  n)

(defn i64-of-f64 "The number without its fraction; a crash where it does not fit. Example: (i64 -1.5) => -1"
  {:overload i64 :intrinsic "i64_of_f64"}
  [n <- f64] -> i64)

(defn i64-of-i64 "The same number. Example: (i64 3) => 3"
  {:overload i64}
  [n <- i64] -> i64
  n)

(defn bigint-of-i64 "The number without bounds. Example: (bigint 3) => 3N"
  {:overload bigint :intrinsic "bigint_of_i64"}
  [n <- i64] -> BigInt)

(defn decimal-of-i64 "The number as a Decimal. Example: (decimal 3) => 3M"
  {:overload decimal}
  [n <- i64] -> Decimal
  (decimal-of-bigint (bigint-of-i64 n)))

(defn decimal-of-bigint "The number as a Decimal. Example: (decimal 3N) => 3M"
  {:overload decimal :intrinsic "decimal_of_bigint"}
  [n <- BigInt] -> Decimal)

(defn f64-of-bigint "The nearest f64. Example: (f64 3N) => 3.0"
  {:overload f64 :intrinsic "num_to_f64"}
  [n <- BigInt] -> f64)

(defn f64-of-decimal "The nearest f64. Example: (f64 1.25M) => 1.25"
  {:overload f64 :intrinsic "num_to_f64"}
  [n <- Decimal] -> f64)

(defn i64-of-bigint "The number; a crash where it does not fit. Example: (i64 3N) => 3"
  {:overload i64 :intrinsic "num_to_i64"}
  [n <- BigInt] -> i64)

(defn i64-of-decimal "The number without its fraction; a crash where it does not fit. Example: (i64 -1.5M) => -1"
  {:overload i64 :intrinsic "num_to_i64"}
  [n <- Decimal] -> i64)

(defn i64-of-char "The Unicode scalar value. Example: (i64 \\a) => 97"
  {:overload i64 :intrinsic "i64_of_char"}
  [c <- char] -> i64)

(defn char "The character with this Unicode scalar value; a crash where there is none. Example: (char 97) => \\a"
  {:intrinsic "char_of_i64"}
  [n <- i64] -> char)

(defn parse-i64 "The integer that the whole text spells. Example: (parse-i64 \"-42\") => -42"
  {:intrinsic "parse_i64"}
  [text <- String] -> (Option i64))

(defn parse-f64 "The number that the whole text spells. Example: (parse-f64 \"1.5\") => 1.5"
  {:intrinsic "parse_f64"}
  [text <- String] -> (Option f64))
