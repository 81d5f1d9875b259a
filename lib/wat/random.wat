;; Random numbers as values. A generator is a value; each function gives a result and the generator that comes
;; after it, so a program that begins with the same number does the same. `(seed)` asks the operating system for a
;; number to begin with. Not for secrets: whoever sees a few numbers can tell the others.
;;
;; The generator is SplitMix64: a counter that goes on by an odd `gamma`, and a function that mixes its bits. `split`
;; makes two of one whose numbers have nothing to do with each other, for work that is done apart. The algorithm and
;; its constants are those of Steele, Lea and Flood, *Fast Splittable Pseudorandom Number Generators*, OOPSLA 2014;
;; the mixing functions are Stafford's variant 13 and the finalizer of MurmurHash3.
(ns wat.random
  (:use [wat.math :only [bit-and bit-or bit-xor leading-zeros popcount sqrt log ushr wrap-add wrap-mul wrap-sub]]))

(defstruct Random "A generator: where its counter stands, and the odd number by which it goes on.
  Example: (= (wat.random/generator 7) (wat.random/generator 7)) => true"
  [state <- i64  gamma <- i64])

(def golden-gamma "2^64 by the golden ratio, odd." {:private true} -7046029254386353131)

(defn seed "A number of the operating system's randomness, to begin with. Example: (= (wat.random/seed) (wat.random/seed)) => false"
  {:intrinsic "random_seed"}
  [] -> i64)

(defn generator "The generator that begins with a number. Example: (let [(tuple n _) (wat.random/bits (wat.random/generator 1234567))] n) => 6457827717110365317"
  [seed <- i64] -> Random
  (Random seed golden-gamma))

(defn fresh "A generator that begins with the operating system's randomness. Example: (= (wat.random/fresh) (wat.random/fresh)) => false"
  [] -> Random
  (generator (seed)))

(defn mixed "A step of mixing: the upper bits over the lower ones, then times a constant."
  {:private true}
  [z <- i64  places <- i64  factor <- i64] -> i64
  (wrap-mul (bit-xor z (ushr z places)) factor))

(defn mix "All 64 bits of the counter mixed, each number to another."
  {:private true}
  [state <- i64] -> i64
  (let [z (mixed (mixed state 30 -4658895280553007687) 27 -7723592293110705685)]
    (bit-xor z (ushr z 31))))

(defn mix-gamma "An odd number whose bits change often enough for a counter to go on by it."
  {:private true}
  [state <- i64] -> i64
  (let [z     (mixed (mixed state 33 -49064778989728563) 33 -4265267296055464877)
        gamma (bit-or 1 (bit-xor z (ushr z 33)))]
    (if (< (popcount (bit-xor gamma (ushr gamma 1))) 24)
      (bit-xor gamma -6148914691236517206)
      gamma)))

(defn onward "The generator one step on."
  {:private true}
  [g <- Random] -> Random
  (with g :state (wrap-add (:state g) (:gamma g))))

(defn bits "64 random bits as an i64 of either sign. Example: (let [(tuple n _) (wat.random/bits (wat.random/generator 0))] n) => -2152535657050944081"
  [g <- Random] -> (Tuple i64 Random)
  (let [next (onward g)] (tuple (mix (:state next)) next)))

(defn split
  "Two generators of one. Example: (let [(tuple a b) (wat.random/split (wat.random/generator 1))] (= a b)) => false"
  [g <- Random] -> (Tuple Random Random)
  (let [first  (onward g)
        second (onward first)]
    (tuple second (Random (mix (:state first)) (mix-gamma (:state second))))))

(defn int "A number from the first to before the second, each as likely; a crash where there is none. Example: (let [(tuple n _) (wat.random/int 5 6 (wat.random/generator 1))] n) => 5"
  [low <- i64  high <- i64  g <- Random] -> (Tuple i64 Random)
  (if (>= low high) (panic! "there is no number from the first to before the second" (tuple low high)) nil)
  ;; Of as many bits as the largest answer has, those above it are thrown away: fewer than half.
  (let [most (wrap-sub (wrap-sub high low) 1)
        mask (if (= most 0) 0 (ushr -1 (leading-zeros most)))]
    (loop [g g]
      (let [(tuple word next) (bits g)
            candidate (bit-and word mask)]
        (if (> (wrap-add candidate wat.math/min-i64) (wrap-add most wat.math/min-i64))
          (recur next)
          (tuple (wrap-add low candidate) next))))))

(defn float "A number from 0.0 to before 1.0, a multiple of 2^-53, each as likely. Example: (let [(tuple x _) (wat.random/float (wat.random/generator 1))] (and (>= x 0.0) (< x 1.0))) => true"
  [g <- Random] -> (Tuple f64 Random)
  (let [(tuple word next) (bits g)]
    (tuple (* (f64 (ushr word 11)) 1.1102230246251565e-16) next)))

(defn bool
  "True or false, each as likely. Example: (let [(tuple b _) (wat.random/bool (wat.random/generator 1))] b) => true"
  [g <- Random] -> (Tuple bool Random)
  (let [(tuple word next) (bits g)] (tuple (< word 0) next)))

(defn normal "A number of the normal distribution with mean 0.0 and deviation 1.0 (Marsaglia's polar method). Example: (let [(tuple x _) (wat.random/normal (wat.random/generator 1))] (< x 40.0)) => true"
  [g <- Random] -> (Tuple f64 Random)
  (loop [g g]
    (let [(tuple a g2) (float g)
          (tuple b g3) (float g2)
          x (- (* 2.0 a) 1.0)
          y (- (* 2.0 b) 1.0)
          s (+ (* x x) (* y y))]
      (if (or (>= s 1.0) (= s 0.0))
        (recur g3)
        (tuple (* x (sqrt (/ (* -2.0 (log s)) s))) g3)))))

(defn shuffle "The elements in an order, each order as likely. Example: (let [(tuple xs _) (wat.random/shuffle [1 2 3] (wat.random/generator 1))] (sort xs)) => [1 2 3]"
  [xs <- (Vector T)  g <- Random] -> (Tuple (Vector T) Random)
  (draw (count xs) xs g))

(defn sample "So many of the elements, or all, each selection in each order as likely. Example: (let [(tuple xs _) (wat.random/sample 2 [7 7 7] (wat.random/generator 1))] xs) => [7 7]"
  [n <- i64  xs <- (Vector T)  g <- Random] -> (Tuple (Vector T) Random)
  (let [wanted (max 0 (min n (count xs)))
        (tuple drawn next) (draw wanted xs g)]
    (tuple (take wanted drawn) next)))

(defn draw "The first n places filled from all that is left, one after another (Fisher and Yates)."
  {:private true}
  [n <- i64  xs <- (Vector T)  g <- Random] -> (Tuple (Vector T) Random)
  (let [size (count xs)]
    (loop [i 0 xs xs g g]
      (if (< i n)
        (let [(tuple j next) (int i size g)
              here  (nth xs i)
              there (nth xs j)]
          (recur (+ i 1) (assoc (assoc xs i there) j here) next))
        (tuple xs g)))))

(defn pick "One of the elements, each as likely; None where there are none. Example: (let [(tuple x _) (wat.random/pick [7] (wat.random/generator 1))] x) => 7"
  [xs <- (Vector T)  g <- Random] -> (Tuple (Option T) Random)
  (if (empty? xs)
    (tuple None g)
    (let [(tuple i next) (int 0 (count xs) g)] (tuple (Some (nth xs i)) next))))

(defn many "What a function makes of the generator, n times. Example: (let [(tuple ns _) (wat.random/many 3 (fn [g] (wat.random/int 0 1 g)) (wat.random/generator 1))] ns) => [0 0 0]"
  [n <- i64  f <- (Fn [Random] -> (Tuple T Random))  g <- Random] -> (Tuple (Vector T) Random)
  (loop [i 0 out [] g g]
    (if (< i n)
      (let [(tuple x next) (f g)] (recur (+ i 1) (conj out x) next))
      (tuple out g))))
