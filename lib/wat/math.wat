;; Numbers beyond the prelude: f64 functions, bits, and integer arithmetic that wraps or saturates where the
;; prelude's crashes.
(ns wat.math)

(def pi "The ratio of a circle's circumference to its diameter. Example: wat.math/pi => 3.141592653589793"
  3.141592653589793)

(def e "The base of the natural logarithm. Example: wat.math/e => 2.718281828459045" 2.718281828459045)

(def max-i64 "The greatest i64. Example: wat.math/max-i64 => 9223372036854775807" 9223372036854775807)

(def min-i64 "The least i64. Example: wat.math/min-i64 => -9223372036854775808" -9223372036854775808)

;; ---- f64

(defn sqrt "The square root. Example: (wat.math/sqrt 2.25) => 1.5" {:intrinsic "sqrt"} [x <- f64] -> f64)
(defn floor "The greatest whole number not above. Example: (wat.math/floor -1.5) => -2.0" {:intrinsic "floor"}
  [x <- f64] -> f64)
(defn ceil "The least whole number not below. Example: (wat.math/ceil -1.5) => -1.0" {:intrinsic "ceil"}
  [x <- f64] -> f64)
(defn trunc "Without the fraction. Example: (wat.math/trunc -1.5) => -1.0" {:intrinsic "trunc"} [x <- f64] -> f64)
(defn round "The nearest whole number. Example: (wat.math/round 2.7) => 3.0" {:intrinsic "round"} [x <- f64] -> f64)
(defn pow "The first to the power of the second. Example: (wat.math/pow 2.0 10.0) => 1024.0" {:intrinsic "f64_pow"}
  [x <- f64  y <- f64] -> f64)
(defn exp "e to the power. Example: (wat.math/exp 0.0) => 1.0" {:intrinsic "f64_exp"} [x <- f64] -> f64)
(defn log "The natural logarithm. Example: (wat.math/log 1.0) => 0.0" {:intrinsic "f64_log"} [x <- f64] -> f64)
(defn sin "The sine of radians. Example: (wat.math/sin 0.0) => 0.0" {:intrinsic "f64_sin"} [x <- f64] -> f64)
(defn cos "The cosine of radians. Example: (wat.math/cos 0.0) => 1.0" {:intrinsic "f64_cos"} [x <- f64] -> f64)

(defn tan "The tangent of radians. Example: (wat.math/tan 0.0) => 0.0" {:intrinsic "f64_tan"} [x <- f64] -> f64)
(defn asin
  "The angle in radians with this sine; NaN outside -1 to 1. Example: (wat.math/asin 1.0) => 1.5707963267948966"
  {:intrinsic "f64_asin"} [x <- f64] -> f64)
(defn acos "The angle in radians with this cosine; NaN outside -1 to 1. Example: (wat.math/acos 1.0) => 0.0"
  {:intrinsic "f64_acos"} [x <- f64] -> f64)
(defn atan "The angle in radians with this tangent. Example: (wat.math/atan 0.0) => 0.0" {:intrinsic "f64_atan"}
  [x <- f64] -> f64)
(defn sinh "The hyperbolic sine. Example: (wat.math/sinh 0.0) => 0.0" {:intrinsic "f64_sinh"} [x <- f64] -> f64)
(defn cosh "The hyperbolic cosine. Example: (wat.math/cosh 0.0) => 1.0" {:intrinsic "f64_cosh"} [x <- f64] -> f64)
(defn tanh "The hyperbolic tangent. Example: (wat.math/tanh 0.0) => 0.0" {:intrinsic "f64_tanh"} [x <- f64] -> f64)
(defn log10 "The logarithm to the base 10. Example: (wat.math/log10 1000.0) => 3.0" {:intrinsic "f64_log10"}
  [x <- f64] -> f64)
(defn log2 "The logarithm to the base 2. Example: (wat.math/log2 1024.0) => 10.0" {:intrinsic "f64_log2"}
  [x <- f64] -> f64)
(defn exp-m1 "e to the power, less 1; exact near 0. Example: (wat.math/exp-m1 0.0) => 0.0" {:intrinsic "f64_exp_m1"}
  [x <- f64] -> f64)
(defn log-1p "The natural logarithm of 1 more; exact near 0. Example: (wat.math/log-1p 0.0) => 0.0"
  {:intrinsic "f64_ln_1p"} [x <- f64] -> f64)
(defn cbrt "The cube root. Example: (wat.math/cbrt 8.0) => 2.0" {:intrinsic "f64_cbrt"} [x <- f64] -> f64)
(defn atan2 "The angle in radians of the point (x, y). Example: (wat.math/atan2 1.0 0.0) => 1.5707963267948966"
  {:intrinsic "f64_atan2"} [y <- f64  x <- f64] -> f64)
(defn hypot "The length of the hypotenuse. Example: (wat.math/hypot 3.0 4.0) => 5.0" {:intrinsic "f64_hypot"}
  [x <- f64  y <- f64] -> f64)

(defn radians "Degrees as radians. Example: (wat.math/radians 180.0) => 3.141592653589793" [degrees <- f64] -> f64
  (* degrees (/ pi 180.0)))
(defn degrees "Radians as degrees. Example: (wat.math/degrees wat.math/pi) => 180.0" [radians <- f64] -> f64
  (* radians (/ 180.0 pi)))

(defn sign "-1.0, 0.0 or 1.0; NaN of NaN. Example: (wat.math/sign -2.5) => -1.0"
  [x <- f64] -> f64
  (cond (> x 0.0) 1.0 (< x 0.0) -1.0 :else x))

(defn fixed "The number with so many digits after the point (0 to 100), correctly rounded, ties to even. Example: (wat.math/fixed 2 3.14159) => \"3.14\""
  {:intrinsic "f64_fixed"}
  [digits <- i64  x <- f64] -> String)

(defn nan? "Whether it is NaN. Example: (wat.math/nan? ##NaN) => true" [x <- f64] -> bool (not= x x))

(defn infinite? "Whether it is infinite, of either sign. Example: (wat.math/infinite? ##-Inf) => true"
  [x <- f64] -> bool
  (= (abs x) ##Inf))

;; ---- integers

(defn gcd "The greatest common divisor, not negative. Example: (wat.math/gcd 12 -18) => 6"
  [a <- i64  b <- i64] -> i64
  (if (= b 0) (abs a) (gcd b (rem a b))))

(defn lcm "The least common multiple, not negative; a crash where it does not fit. Example: (wat.math/lcm 4 6) => 12"
  [a <- i64  b <- i64] -> i64
  (if (or (= a 0) (= b 0)) 0 (abs (* (quot a (gcd a b)) b))))

(defn isqrt "The square root of a number that is not negative, without its fraction. Example: (wat.math/isqrt 99) => 9"
  [n <- i64] -> i64
  (assert (>= n 0))
  ;; The f64 is off by one at most. The quotient cannot overflow, as the square could.
  (let [root  (i64 (sqrt (f64 n)))
        lower (if (and (> root 0) (> root (quot n root))) (- root 1) root)]
    (if (>= (quot n (+ lower 1)) (+ lower 1)) (+ lower 1) lower)))

(defn power "The first to the power of the second, not negative; a crash where it does not fit. Example: (wat.math/power 3 4) => 81"
  [base <- i64  exponent <- i64] -> i64
  (assert (>= exponent 0))
  (loop [n exponent result 1]
    (if (= n 0) result (recur (- n 1) (* result base)))))

(defn clamp "The number, or the bound it lies beyond. Example: (wat.math/clamp 0 10 12) => 10"
  {:where [(Ord T)]}
  [low <- T  high <- T  x <- T] -> T
  (max low (min high x)))

(defn wrap-add "The sum modulo 2^64. Example: (wat.math/wrap-add wat.math/max-i64 1) => -9223372036854775808"
  {:intrinsic "wrap_add"} [a <- i64  b <- i64] -> i64)

(defn wrap-sub "The difference modulo 2^64. Example: (wat.math/wrap-sub wat.math/min-i64 1) => 9223372036854775807"
  {:intrinsic "wrap_sub"} [a <- i64  b <- i64] -> i64)

(defn wrap-mul "The product modulo 2^64. Example: (wat.math/wrap-mul wat.math/max-i64 2) => -2"
  {:intrinsic "wrap_mul"} [a <- i64  b <- i64] -> i64)

(defn sat-add "The sum, or the bound it passes. Example: (wat.math/sat-add wat.math/max-i64 1) => 9223372036854775807"
  [a <- i64  b <- i64] -> i64
  (let [sum (wrap-add a b)]
    (cond (and (> b 0) (< sum a)) max-i64
          (and (< b 0) (> sum a)) min-i64
          :else sum)))

(defn sat-sub
  "The difference, or the bound it passes. Example: (wat.math/sat-sub wat.math/min-i64 1) => -9223372036854775808"
  [a <- i64  b <- i64] -> i64
  (let [difference (wrap-sub a b)]
    (cond (and (< b 0) (< difference a)) max-i64
          (and (> b 0) (> difference a)) min-i64
          :else difference)))

(defn sat-mul
  "The product, or the bound it passes. Example: (wat.math/sat-mul wat.math/max-i64 -2) => -9223372036854775808"
  [a <- i64  b <- i64] -> i64
  (let [product (wrap-mul a b)
        bound   (if (= (< a 0) (< b 0)) max-i64 min-i64)]
    (cond (or (= a 0) (= b 0)) 0
          (= a -1) (sat-sub 0 b)
          (= b -1) (sat-sub 0 a)
          (= (quot product b) a) product
          :else bound)))

;; ---- bits

(defn bit-and "Bits set in both. Example: (wat.math/bit-and 12 10) => 8" {:intrinsic "bit_and"}
  [a <- i64  b <- i64] -> i64)
(defn bit-or "Bits set in either. Example: (wat.math/bit-or 12 10) => 14" {:intrinsic "bit_or"}
  [a <- i64  b <- i64] -> i64)
(defn bit-xor "Bits set in one. Example: (wat.math/bit-xor 12 10) => 6" {:intrinsic "bit_xor"}
  [a <- i64  b <- i64] -> i64)
(defn bit-not "Each bit changed. Example: (wat.math/bit-not 0) => -1" {:intrinsic "bit_not"} [a <- i64] -> i64)
(defn shl "Shifted to the left by 0 to 63 places. Example: (wat.math/shl 1 10) => 1024" {:intrinsic "shl"}
  [a <- i64  places <- i64] -> i64)
(defn shr "Shifted to the right by 0 to 63 places, the sign kept. Example: (wat.math/shr -8 1) => -4" {:intrinsic "shr"}
  [a <- i64  places <- i64] -> i64)
(defn ushr "Shifted to the right by 0 to 63 places, zeros coming in. Example: (wat.math/ushr -1 60) => 15"
  [a <- i64  places <- i64] -> i64
  (if (= places 0) a (bit-and (shr a places) (bit-not (shl -1 (- 64 places))))))

(defn rotate-left "Shifted to the left by 0 to 63 places, what falls out coming in. Example: (wat.math/rotate-left -9223372036854775808 1) => 1"
  [a <- i64  places <- i64] -> i64
  (if (= places 0) a (bit-or (shl a places) (ushr a (- 64 places)))))

(defn popcount "How many of the 64 bits are set. Example: (wat.math/popcount 255) => 8"
  [a <- i64] -> i64
  ;; Sums of neighbouring bits, pairs, nibbles and bytes side by side (Warren, Hacker's Delight, 5-1).
  (let [twos   (wrap-sub a (bit-and (ushr a 1) 0x5555555555555555))
        fours  (wrap-add (bit-and twos 0x3333333333333333) (bit-and (ushr twos 2) 0x3333333333333333))
        bytes  (bit-and (wrap-add fours (ushr fours 4)) 0x0F0F0F0F0F0F0F0F)]
    (ushr (wrap-mul bytes 0x0101010101010101) 56)))

(defn smear "All bits below the highest set one set too."
  {:private true}
  [a <- i64] -> i64
  (loop [a a places 1]
    (if (< places 64) (recur (bit-or a (ushr a places)) (* places 2)) a)))

(defn leading-zeros "How many bits above the highest set one. Example: (wat.math/leading-zeros 1) => 63"
  [a <- i64] -> i64
  (- 64 (popcount (smear a))))

(defn trailing-zeros "How many bits below the lowest set one; 64 of 0. Example: (wat.math/trailing-zeros 8) => 3"
  [a <- i64] -> i64
  (popcount (bit-and (bit-not a) (wrap-sub a 1))))

(defn bit-set? "Whether the bit, 0 to 63, is set. Example: (wat.math/bit-set? 5 2) => true"
  [a <- i64  bit <- i64] -> bool
  (= 1 (bit-and 1 (shr a bit))))

;; ---- text

(defn check-radix "Crashes where there are no digits for it."
  {:private true}
  [radix <- i64] -> nil
  (if (or (< radix 2) (> radix 36)) (panic! "a radix is 2 to 36" radix) nil))

(defn digit-value "What a digit stands for in a radix of 2 to 36, if it is one; letters of either size. Example: (wat.math/digit-value 16 \\f) => 15"
  [radix <- i64  c <- char] -> (Option i64)
  (check-radix radix)
  (let [value (cond (and (>= c \0) (<= c \9)) (- (i64 c) (i64 \0))
                    (and (>= c \a) (<= c \z)) (+ 10 (- (i64 c) (i64 \a)))
                    (and (>= c \A) (<= c \Z)) (+ 10 (- (i64 c) (i64 \A)))
                    :else 36)]
    (if (< value radix) (Some value) None)))

(defn parse-radix "The integer that the whole text spells in a radix of 2 to 36, with or without a sign; None where it does not or does not fit. Example: (wat.math/parse-radix 16 \"-fF\") => -255"
  [radix <- i64  text <- String] -> (Option i64)
  (check-radix radix)
  (let [cs        (wat.string/chars text)
        negative? (= (get cs 0) (Some \-))
        from      (if (or negative? (= (get cs 0) (Some \+))) 1 0)]
    (if (= from (count cs)) None (digits-from radix negative? cs from))))

(defn digits-from
  "The number of the digits from a position on. It is gathered below 0, where there is room for the least i64."
  {:private true}
  [radix <- i64  negative? <- bool  cs <- (Vector char)  from <- i64] -> (Option i64)
  (loop [i from acc 0]
    (if (= i (count cs))
      (cond negative?       (Some acc)
            (= acc min-i64) None
            :else           (Some (- acc)))
      (match (digit-value radix (nth cs i))
        (None None)
        ((Some digit)
         (if (< acc (quot (+ min-i64 digit) radix)) None (recur (+ i 1) (- (* acc radix) digit))))))))

(defn to-radix "The number in a radix of 2 to 36, in small letters. Example: (wat.math/to-radix 16 -255) => \"-ff\""
  [radix <- i64  n <- i64] -> String
  (check-radix radix)
  (loop [rest n digits []]
    (let [digit (abs (rem rest radix))
          c     (char (+ digit (if (< digit 10) 48 87)))
          more  (quot rest radix)]
      (if (= more 0)
        (wat.string/from-chars (reverse (if (< n 0) (conj digits c \-) (conj digits c))))
        (recur more (conj digits c))))))
