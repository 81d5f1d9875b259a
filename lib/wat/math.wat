;; Numbers beyond the prelude: f64 functions, bits, and integer arithmetic that wraps or saturates where the
;; prelude's crashes.
(ns wat.math)

(def pi "The ratio of a circle's circumference to its diameter. Example: wat.math/pi => 3.141592653589793" 3.141592653589793)

(def e "The base of the natural logarithm. Example: wat.math/e => 2.718281828459045" 2.718281828459045)

(def max-i64 "The greatest i64. Example: wat.math/max-i64 => 9223372036854775807" 9223372036854775807)

(def min-i64 "The least i64. Example: wat.math/min-i64 => -9223372036854775808" -9223372036854775808)

;; ---- f64

(defn sqrt "The square root. Example: (wat.math/sqrt 2.25) => 1.5" {:intrinsic "sqrt"} [x <- f64] -> f64)
(defn floor "The greatest whole number not above. Example: (wat.math/floor -1.5) => -2.0" {:intrinsic "floor"} [x <- f64] -> f64)
(defn ceil "The least whole number not below. Example: (wat.math/ceil -1.5) => -1.0" {:intrinsic "ceil"} [x <- f64] -> f64)
(defn trunc "Without the fraction. Example: (wat.math/trunc -1.5) => -1.0" {:intrinsic "trunc"} [x <- f64] -> f64)
(defn round "The nearest whole number. Example: (wat.math/round 2.7) => 3.0" {:intrinsic "round"} [x <- f64] -> f64)
(defn pow "The first to the power of the second. Example: (wat.math/pow 2.0 10.0) => 1024.0" {:intrinsic "f64_pow"} [x <- f64  y <- f64] -> f64)
(defn exp "e to the power. Example: (wat.math/exp 0.0) => 1.0" {:intrinsic "f64_exp"} [x <- f64] -> f64)
(defn log "The natural logarithm. Example: (wat.math/log 1.0) => 0.0" {:intrinsic "f64_log"} [x <- f64] -> f64)
(defn sin "The sine of radians. Example: (wat.math/sin 0.0) => 0.0" {:intrinsic "f64_sin"} [x <- f64] -> f64)
(defn cos "The cosine of radians. Example: (wat.math/cos 0.0) => 1.0" {:intrinsic "f64_cos"} [x <- f64] -> f64)

(defn nan? "Whether it is NaN. Example: (wat.math/nan? ##NaN) => true" [x <- f64] -> bool (not= x x))

(defn infinite? "Whether it is infinite, of either sign. Example: (wat.math/infinite? ##-Inf) => true"
  [x <- f64] -> bool
  (= (abs x) ##Inf))

;; ---- integers

(defn gcd "The greatest common divisor, not negative. Example: (wat.math/gcd 12 -18) => 6"
  [a <- i64  b <- i64] -> i64
  (if (= b 0) (abs a) (gcd b (rem a b))))

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

(defn sat-sub "The difference, or the bound it passes. Example: (wat.math/sat-sub wat.math/min-i64 1) => -9223372036854775808"
  [a <- i64  b <- i64] -> i64
  (let [difference (wrap-sub a b)]
    (cond (and (< b 0) (< difference a)) max-i64
          (and (> b 0) (> difference a)) min-i64
          :else difference)))

(defn sat-mul "The product, or the bound it passes. Example: (wat.math/sat-mul wat.math/max-i64 -2) => -9223372036854775808"
  [a <- i64  b <- i64] -> i64
  (let [product (wrap-mul a b)
        bound   (if (= (< a 0) (< b 0)) max-i64 min-i64)]
    (cond (or (= a 0) (= b 0)) 0
          (= a -1) (sat-sub 0 b)
          (= b -1) (sat-sub 0 a)
          (= (quot product b) a) product
          :else bound)))

;; ---- bits

(defn bit-and "Bits set in both. Example: (wat.math/bit-and 12 10) => 8" {:intrinsic "bit_and"} [a <- i64  b <- i64] -> i64)
(defn bit-or "Bits set in either. Example: (wat.math/bit-or 12 10) => 14" {:intrinsic "bit_or"} [a <- i64  b <- i64] -> i64)
(defn bit-xor "Bits set in one. Example: (wat.math/bit-xor 12 10) => 6" {:intrinsic "bit_xor"} [a <- i64  b <- i64] -> i64)
(defn bit-not "Each bit changed. Example: (wat.math/bit-not 0) => -1" {:intrinsic "bit_not"} [a <- i64] -> i64)
(defn shl "Shifted to the left by 0 to 63 places. Example: (wat.math/shl 1 10) => 1024" {:intrinsic "shl"} [a <- i64  places <- i64] -> i64)
(defn shr "Shifted to the right by 0 to 63 places, the sign kept. Example: (wat.math/shr -8 1) => -4" {:intrinsic "shr"} [a <- i64  places <- i64] -> i64)
