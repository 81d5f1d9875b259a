;; The prelude's values: Option and Result, numbers, comparison, text, vectors, maps, sets and lazy
;; sequences. One definition is one row: name, type, documentation, implementation. `{:intrinsic "name"}`
;; stands where a primitive operation or a function of the runtime does the work; everything else is wat.
;;
;; `{:overload map :on 1}` makes a definition one implementation of the overloaded `map`, chosen by the type
;; of argument 1 (the first is 0 and the default; `:on [0 1]` means that both decide) and by the number of
;; arguments. Implementations call each other by their own names, so nothing here waits for a choice.
;;
;; A Seq is a recipe: a function that gives the next element and the rest, or None. Each traversal runs it
;; again. Loops over vectors go by index and gather with `conj-vector`, which works in place on the one owner.
;;
;; Not here: processes, stdio, crashes and time (`wat.kernel`), more text (`wat.string`), more numbers
;; (`wat.math`).
(ns wat.core)

;; ---- Option and Result

(defenum (Option T)
  "A value or none. Example: (first [7]) => 7"
  None
  (Some [value <- T]))

(defenum (Result T E)
  "Success or the reason for failure. Example: (map inc (attempt (fn [] 1))) => #wat.core/Ok 2"
  (Ok [value <- T])
  (Err [error <- E]))

(defenum Form
  "Code as a macro sees it: one value of source text. `at` says where it was written and what its names mean; 0 in
  a form made by hand. See `wat.form`."
  (Nil     [at <- i64])
  (Bool    [value <- bool  at <- i64])
  (Int     [value <- i64  at <- i64])
  (BigInt  [value <- BigInt  at <- i64])
  (Float   [value <- f64  at <- i64])
  (Decimal [value <- Decimal  at <- i64])
  (Str     [value <- String  at <- i64])
  (Char    [value <- char  at <- i64])
  (Keyword [value <- keyword  at <- i64])
  (Symbol  [name <- String  at <- i64])
  (List    [items <- (Vector Form)  at <- i64])
  (Vector  [items <- (Vector Form)  at <- i64])
  (Set     [items <- (Vector Form)  at <- i64])
  (Map     [entries <- (Vector (Tuple Form Form))  at <- i64])
  (Tagged  [tag <- String  value <- Form  at <- i64]))

(defn some? "Whether there is a value. Example: (some? (first [7])) => true"
  [o <- (Option T)] -> bool
  (match o ((Some _) true) (None false)))

(defn none? "Whether there is no value. Example: (none? (first [7])) => false"
  [o <- (Option T)] -> bool
  (match o ((Some _) false) (None true)))

(defn ok? "Whether it succeeded. Example: (ok? (attempt (fn [] 1))) => true"
  [r <- (Result T E)] -> bool
  (match r ((Ok _) true) ((Err _) false)))

(defn err? "Whether it failed. Example: (err? (attempt (fn [] (/ 1 0)))) => true"
  [r <- (Result T E)] -> bool
  (match r ((Ok _) false) ((Err _) true)))

(defn ok "The value of a success, as an Option. Example: (ok (attempt (fn [] (/ 1 0)))) => nil"
  [r <- (Result T E)] -> (Option T)
  (match r ((Ok v) (Some v)) ((Err _) None)))

(defn unwrap_failed "How `unwrap` crashes: the message, and what was there instead of a value."
  {:intrinsic "unwrap_failed" :private true}
  [why <- String  error <- E] -> T)

(defn unwrap-option "The value; a crash with the message where there is none. Example: (unwrap (Some 1) \"why\") => 1"
  {:overload unwrap}
  [o <- (Option T)  why <- String] -> T
  (match o ((Some v) v) (None (unwrap_failed why nil))))

(defn unwrap-option-plain "The value; a crash where there is none. Example: (unwrap (Some 1)) => 1"
  {:overload unwrap}
  [o <- (Option T)] -> T
  (match o ((Some v) v) (None (unwrap_failed "unwrap of None" nil))))

(defn unwrap-result
  "The value of a success; else a crash with the message, the error in its data (a Crash: as its cause).
  Example: (unwrap (attempt (fn [] 1)) \"why\") => 1"
  {:overload unwrap}
  [r <- (Result T E)  why <- String] -> T
  (match r ((Ok v) v) ((Err e) (unwrap_failed why e))))

(defn unwrap-result-plain "The value of a success; else a crash. Example: (unwrap (attempt (fn [] 1))) => 1"
  {:overload unwrap}
  [r <- (Result T E)] -> T
  (match r ((Ok v) v) ((Err e) (unwrap_failed "unwrap of Err" e))))

(defn unwrap-or-option "The value, or the default. Example: (unwrap-or (get {:a 1} :b) 0) => 0"
  {:overload unwrap-or}
  [o <- (Option T)  default <- T] -> T
  (match o ((Some v) v) (None default)))

(defn unwrap-or-result "The value of a success, or the default. Example: (unwrap-or (attempt (fn [] (/ 1 0))) 0) => 0"
  {:overload unwrap-or}
  [r <- (Result T E)  default <- T] -> T
  (match r ((Ok v) v) ((Err _) default)))

(defn or-else "The first where it is a value, else the second. Example: (or-else (get {:a 1} :b) (Some 2)) => 2"
  [o <- (Option T)  other <- (Option T)] -> (Option T)
  (match o ((Some _) o) (None other)))

(defn ok-or "Success with the value, or failure with the error. Example: (ok-or (Some 1) :none) => #wat.core/Ok 1"
  [o <- (Option T)  error <- E] -> (Result T E)
  (match o ((Some v) (Ok v)) (None (Err error))))

(defn map-option "The function applied to the value, if any. Example: (map inc (Some 1)) => 2"
  {:overload map :on 1}
  [f <- (Fn [A] -> B)  o <- (Option A)] -> (Option B)
  (match o ((Some v) (Some (f v))) (None None)))

(defn map-result "The function applied to the value of a success. Example: (map inc (attempt (fn [] 1))) => #wat.core/Ok 2"
  {:overload map :on 1}
  [f <- (Fn [A] -> B)  r <- (Result A E)] -> (Result B E)
  (match r ((Ok v) (Ok (f v))) ((Err e) (Err e))))

(defn map-err "The function applied to the error of a failure. Example: (map-err :kind (attempt (fn [] (/ 1 0)))) => #wat.core/Err :divide-by-zero"
  [f <- (Fn [E] -> E2)  r <- (Result T E)] -> (Result T E2)
  (match r ((Ok v) (Ok v)) ((Err e) (Err (f e)))))

(defn filter-option "The value where the test holds. Example: (filter odd? (Some 2)) => nil"
  {:overload filter :on 1}
  [keep? <- (Fn [T] -> bool)  o <- (Option T)] -> (Option T)
  (match o ((Some v) :when (keep? v) (Some v)) (_ None)))

(defn mapcat-option "What the function makes of the value, if any. Example: (mapcat first (Some [1 2])) => 1"
  {:overload mapcat :on 1}
  [f <- (Fn [A] -> (Option B))  o <- (Option A)] -> (Option B)
  (match o ((Some v) (f v)) (None None)))

(defn vec-option "One element or none. Example: (vec (Some 1)) => [1]"
  {:overload vec}
  [o <- (Option T)] -> (Vector T)
  (match o ((Some v) [v]) (None [])))

;; ---- values of any type

(defn identity "The argument. Example: (identity 1) => 1" [x <- T] -> T x)

(defn constantly "A function that always gives the value. Example: (map (constantly 0) [1 2]) => [0 0]"
  [x <- T] -> (Fn [A] -> T)
  (fn [_] x))

(defn comp "The second function, then the first. Example: (map (comp inc dec) [1 2]) => [1 2]"
  [f <- (Fn [B] -> C)  g <- (Fn [A] -> B)] -> (Fn [A] -> C)
  (fn [x] (f (g x))))

(defn complement "The opposite test. Example: (filter (complement odd?) [1 2 3]) => [2]"
  [test <- (Fn [T] -> bool)] -> (Fn [T] -> bool)
  (fn [x] (not (test x))))

(defn ignore "Drops a value, a Result included, on purpose. Example: (ignore (attempt (fn [] 1))) => nil"
  {:intrinsic "ignore"}
  [v <- T] -> nil)

(defn not "The opposite. Example: (not true) => false"
  {:intrinsic "not"}
  [test <- bool] -> bool)

(defn = "Deep equality of values of one type; NaN is unequal to everything. Example: (= [1 2] [1 2]) => true"
  {:intrinsic "eq" :variadic chain :where [(Eq T)]}
  [a <- T  b <- T] -> bool)

(defn not= "Whether two values differ. Example: (not= 1 2) => true"
  {:intrinsic "ne" :where [(Eq T)]}
  [a <- T  b <- T] -> bool)

(defn < "Each less than the next. Example: (< 1 2 3) => true"
  {:intrinsic "lt" :variadic chain :where [(Ord T)]}
  [a <- T  b <- T] -> bool)

(defn <= "None greater than the next. Example: (<= 1 1 2) => true"
  {:intrinsic "le" :variadic chain :where [(Ord T)]}
  [a <- T  b <- T] -> bool)

(defn > "Each greater than the next. Example: (> 3 2 1) => true"
  {:intrinsic "gt" :variadic chain :where [(Ord T)]}
  [a <- T  b <- T] -> bool)

(defn >= "None less than the next. Example: (>= 2 2 1) => true"
  {:intrinsic "ge" :variadic chain :where [(Ord T)]}
  [a <- T  b <- T] -> bool)

(defn compare "Negative, 0 or positive; a total order, NaN last. Example: (= 0 (compare \"a\" \"a\")) => true"
  {:intrinsic "compare" :where [(Ord T)]}
  [a <- T  b <- T] -> i64)

(defn min "The least. Example: (min 3 1 2) => 1"
  {:intrinsic "min" :variadic fold :where [(Ord T)]}
  [a <- T  b <- T] -> T)

(defn max "The greatest. Example: (max 3 1 2) => 3"
  {:intrinsic "max" :variadic fold :where [(Ord T)]}
  [a <- T  b <- T] -> T)

;; ---- numbers

(defn + "The sum; on i64 a crash where it does not fit. Example: (+ 1 2 3) => 6"
  {:intrinsic "add" :variadic fold :where [(Num T)]}
  [a <- T  b <- T] -> T)

(defn * "The product; on i64 a crash where it does not fit. Example: (* 2 3 4) => 24"
  {:intrinsic "mul" :variadic fold :where [(Num T)]}
  [a <- T  b <- T] -> T)

(defn subtract "The difference. Example: (- 10 3 2) => 5"
  {:intrinsic "sub" :variadic fold :overload - :where [(Num T)]}
  [a <- T  b <- T] -> T)

(defn negate "The number with its sign changed. Example: (- 5) => -5"
  {:intrinsic "neg" :overload - :where [(Num T)]}
  [a <- T] -> T)

(defn divide "The quotient; on i64 it truncates, and a divisor 0 is a crash. Example: (/ 7 2) => 3"
  {:intrinsic "div" :variadic fold :overload / :where [(Num T)]}
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

(defn abs "The number without its sign. Example: (abs -5) => 5"
  {:intrinsic "abs" :where [(Num T)]}
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

;; ---- text and keywords

(defn str1 "What `str` makes of each of its arguments: text bare, everything else as EDN. Example: (str1 [\"a\"]) => \"[\\\"a\\\"]\""
  {:intrinsic "show" :where [(Show T)]}
  [v <- T] -> String)

(defn str_join_all "The strings of a vector one after another."
  {:intrinsic "str_join_all"}
  [parts <- (Vector String)] -> String)

(defn count-string "The number of Unicode scalar values. Example: (count \"añb\") => 3"
  {:overload count :intrinsic "str_count"}
  [s <- String] -> i64)

(defn nth-string "The character at the position; a crash out of range. Example: (nth \"abc\" 1) => \\b"
  {:overload nth :intrinsic "str_nth"}
  [s <- String  i <- i64] -> char)

(defn empty-string? "Whether it has no characters. Example: (empty? \"\") => true"
  {:overload empty?}
  [s <- String] -> bool
  (= s ""))

(defn get-string "The character at the position, if any. Example: (get \"abc\" 1) => \\b"
  {:overload get}
  [s <- String  i <- i64] -> (Option char)
  (if (and (>= i 0) (< i (count-string s))) (Some (nth-string s i)) None))

(defn subs-from-to "The characters from one position to before another; a crash out of range. Example: (subs \"hello\" 1 3) => \"el\""
  {:overload subs :intrinsic "str_slice"}
  [s <- String  from <- i64  to <- i64] -> String)

(defn subs-from "The characters from a position on; a crash out of range. Example: (subs \"hello\" 3) => \"lo\""
  {:overload subs}
  [s <- String  from <- i64] -> String
  (subs-from-to s from (count-string s)))

(defn str-find "Scalar position of the first occurrence, or -1."
  {:intrinsic "str_find" :private true}
  [text <- String  part <- String] -> i64)

(defn index-of-string "The position of the first occurrence, if any. Example: (index-of \"añb\" \"b\") => 2"
  {:overload index-of}
  [text <- String  part <- String] -> (Option i64)
  (let [i (str-find text part)] (if (< i 0) None (Some i))))

(defn name "A keyword's text without the colon. Example: (name :a/b) => \"a/b\""
  {:intrinsic "keyword_name"}
  [k <- keyword] -> String)

(defn keyword "The keyword with this text; a crash where the text is no keyword. Example: (keyword \"a\") => :a"
  {:intrinsic "keyword_of"}
  [text <- String] -> keyword)

(defn count-bytes "The number of bytes. Example: (count (wat.string/to-bytes \"añb\")) => 4"
  {:overload count :intrinsic "bytes_count"}
  [b <- Bytes] -> i64)

(defn nth-bytes "The byte at the position, 0 to 255; a crash out of range. Example: (nth (wat.string/to-bytes \"a\") 0) => 97"
  {:overload nth :intrinsic "bytes_nth"}
  [b <- Bytes  i <- i64] -> i64)

;; ---- vectors

(defn count-vector "The number of elements. Example: (count [1 2 3]) => 3"
  {:overload count :intrinsic "vec_count"}
  [xs <- (Vector T)] -> i64)

(defn nth-vector "The element at the position; a crash out of range. Example: (nth [1 2 3] 1) => 2"
  {:overload nth :intrinsic "vec_nth"}
  [xs <- (Vector T)  i <- i64] -> T)

(defn conj-vector "The vector with an element added at its end. Example: (conj [1 2] 3) => [1 2 3]"
  {:overload conj :intrinsic "vec_conj"}
  [xs <- (Vector T)  x <- T] -> (Vector T))

(defn assoc-vector "The vector with another element at the position; a crash out of range. Example: (assoc [1 2] 0 9) => [9 2]"
  {:overload assoc :intrinsic "vec_assoc"}
  [xs <- (Vector T)  i <- i64  x <- T] -> (Vector T))

(defn concat-vector "The elements of all. Example: (concat [1] [2] [3]) => [1 2 3]"
  {:overload concat :variadic fold :intrinsic "vec_concat"}
  [xs <- (Vector T)  ys <- (Vector T)] -> (Vector T))

(defn subvec-from-to "The elements from one position to before another; a crash out of range. Example: (subvec [1 2 3 4] 1 3) => [2 3]"
  {:overload subvec :intrinsic "vec_slice"}
  [xs <- (Vector T)  from <- i64  to <- i64] -> (Vector T))

(defn subvec-from "The elements from a position on; a crash out of range. Example: (subvec [1 2 3] 1) => [2 3]"
  {:overload subvec}
  [xs <- (Vector T)  from <- i64] -> (Vector T)
  (let [n (count-vector xs)] (subvec-from-to xs from n)))

(defn reverse-vector "Last element first. Example: (reverse [1 2 3]) => [3 2 1]"
  {:overload reverse :intrinsic "vec_reverse"}
  [xs <- (Vector T)] -> (Vector T))

(defn sort-vector "In ascending order, stable. Example: (sort [3 1 2]) => [1 2 3]"
  {:overload sort :intrinsic "vec_sort" :where [(Ord T)]}
  [xs <- (Vector T)] -> (Vector T))

(defn sort-by-keys "The first vector in the order of the keys in the second."
  {:intrinsic "vec_sort_by" :private true :where [(Ord K)]}
  [xs <- (Vector T)  keys <- (Vector K)] -> (Vector T))

(defn room-for "No elements, and room for n." {:intrinsic "vec_with_capacity" :private true} [n <- i64] -> (Vector T))

(defn empty-vector? "Whether it has no elements. Example: (empty? [1]) => false"
  {:overload empty?}
  [xs <- (Vector T)] -> bool
  (= (count-vector xs) 0))

(defn get-vector "The element at the position, if any. Example: (get [1 2] 5) => nil"
  {:overload get}
  [xs <- (Vector T)  i <- i64] -> (Option T)
  (if (and (>= i 0) (< i (count-vector xs))) (Some (nth-vector xs i)) None))

(defn get-vector-or "The element at the position, or the default. Example: (get [1 2] 5 0) => 0"
  {:overload get}
  [xs <- (Vector T)  i <- i64  default <- T] -> T
  (if (and (>= i 0) (< i (count-vector xs))) (nth-vector xs i) default))

(defn update-vector "The vector with the function applied at the position. Example: (update [1 2] 0 inc) => [2 2]"
  {:overload update}
  [xs <- (Vector T)  i <- i64  f <- (Fn [T] -> T)] -> (Vector T)
  (let [x (nth-vector xs i)] (assoc-vector xs i (f x))))

(defn first-vector "The first element, if any. Example: (first [1 2]) => 1"
  {:overload first}
  [xs <- (Vector T)] -> (Option T)
  (get-vector xs 0))

(defn last-vector "The last element, if any. Example: (last [1 2]) => 2"
  {:overload last}
  [xs <- (Vector T)] -> (Option T)
  (get-vector xs (- (count-vector xs) 1)))

(defn rest-vector "All but the first. Example: (rest [1 2 3]) => [2 3]"
  {:overload rest}
  [xs <- (Vector T)] -> (Vector T)
  (drop-vector 1 xs))

(defn take-vector "The first n, or all. Example: (take 2 [1 2 3]) => [1 2]"
  {:overload take :on 1}
  [n <- i64  xs <- (Vector T)] -> (Vector T)
  (let [to (min (max n 0) (count-vector xs))] (subvec-from-to xs 0 to)))

(defn drop-vector "All but the first n. Example: (drop 2 [1 2 3]) => [3]"
  {:overload drop :on 1}
  [n <- i64  xs <- (Vector T)] -> (Vector T)
  (let [size (count-vector xs)] (subvec-from-to xs (min (max n 0) size) size)))

(defn prefix-length "How many elements from the first on pass the test."
  {:private true}
  [test <- (Fn [T] -> bool)  xs <- (Vector T)] -> i64
  (let [n (count-vector xs)]
    (loop [i 0] (if (and (< i n) (test (nth-vector xs i))) (recur (+ i 1)) i))))

(defn take-while-vector "The elements before the first that fails the test. Example: (take-while odd? [1 3 4 5]) => [1 3]"
  {:overload take-while :on 1}
  [test <- (Fn [T] -> bool)  xs <- (Vector T)] -> (Vector T)
  (take-vector (prefix-length test xs) xs))

(defn drop-while-vector "The elements from the first that fails the test. Example: (drop-while odd? [1 3 4 5]) => [4 5]"
  {:overload drop-while :on 1}
  [test <- (Fn [T] -> bool)  xs <- (Vector T)] -> (Vector T)
  (drop-vector (prefix-length test xs) xs))

(defn map-vector "The function applied to each element. Example: (map inc [1 2 3]) => [2 3 4]"
  {:overload map :on 1}
  [f <- (Fn [A] -> B)  xs <- (Vector A)] -> (Vector B)
  (let [n (count-vector xs)]
    (loop [i 0 out (room-for n)]
      (if (< i n) (recur (+ i 1) (conj-vector out (f (nth-vector xs i)))) out))))

(defn map-vectors "The function applied to the elements of both, as far as the shorter goes. Example: (map + [1 2] [10 20]) => [11 22]"
  {:overload map :on 1}
  [f <- (Fn [A B] -> C)  xs <- (Vector A)  ys <- (Vector B)] -> (Vector C)
  (let [n (min (count-vector xs) (count-vector ys))]
    (loop [i 0 out (room-for n)]
      (if (< i n)
        (recur (+ i 1) (conj-vector out (f (nth-vector xs i) (nth-vector ys i))))
        out))))

(defn map-indexed-vector "The function applied to each position and element. Example: (map-indexed + [10 20]) => [10 21]"
  {:overload map-indexed :on 1}
  [f <- (Fn [i64 A] -> B)  xs <- (Vector A)] -> (Vector B)
  (let [n (count-vector xs)]
    (loop [i 0 out (room-for n)]
      (if (< i n) (recur (+ i 1) (conj-vector out (f i (nth-vector xs i)))) out))))

(defn mapcat-vector "What the function makes of each element, one after another. Example: (mapcat (fn [n] [n n]) [1 2]) => [1 1 2 2]"
  {:overload mapcat :on 1}
  [f <- (Fn [A] -> (Vector B))  xs <- (Vector A)] -> (Vector B)
  (let [n (count-vector xs)]
    (loop [i 0 out []]
      (if (< i n) (recur (+ i 1) (concat-vector out (f (nth-vector xs i)))) out))))

(defn flatten "The elements of the vectors one after another. Example: (flatten [[1] [2 3]]) => [1 2 3]"
  [xss <- (Vector (Vector T))] -> (Vector T)
  (mapcat-vector identity xss))

(defn filter-vector "The elements that pass the test. Example: (filter odd? [1 2 3]) => [1 3]"
  {:overload filter :on 1}
  [keep? <- (Fn [T] -> bool)  xs <- (Vector T)] -> (Vector T)
  (let [n (count-vector xs)]
    (loop [i 0 out []]
      (if (< i n)
        (let [x (nth-vector xs i)]
          (recur (+ i 1) (if (keep? x) (conj-vector out x) out)))
        out))))

(defn remove-vector "The elements that fail the test. Example: (remove odd? [1 2 3]) => [2]"
  {:overload remove :on 1}
  [drop? <- (Fn [T] -> bool)  xs <- (Vector T)] -> (Vector T)
  (filter-vector (fn [x] (not (drop? x))) xs))

(defn keep-vector "The values that the function gives for some elements. Example: (keep parse-i64 [\"1\" \"x\" \"3\"]) => [1 3]"
  {:overload keep :on 1}
  [f <- (Fn [A] -> (Option B))  xs <- (Vector A)] -> (Vector B)
  (let [n (count-vector xs)]
    (loop [i 0 out []]
      (if (< i n)
        (recur (+ i 1) (match (f (nth-vector xs i)) ((Some y) (conj-vector out y)) (None out)))
        out))))

(defn reduce-vector "The function applied to what was gathered and the next element, from the first on. Example: (reduce + 0 [1 2 3]) => 6"
  {:overload reduce :on 2}
  [f <- (Fn [A T] -> A)  init <- A  xs <- (Vector T)] -> A
  (let [n (count-vector xs)]
    (loop [i 0 acc init]
      (if (< i n) (recur (+ i 1) (f acc (nth-vector xs i))) acc))))

(defn every-vector? "Whether all elements pass the test. Example: (every? odd? [1 3]) => true"
  {:overload every? :on 1}
  [test <- (Fn [T] -> bool)  xs <- (Vector T)] -> bool
  (= (prefix-length test xs) (count-vector xs)))

(defn any-vector? "Whether an element passes the test. Example: (any? even? [1 3]) => false"
  {:overload any? :on 1}
  [test <- (Fn [T] -> bool)  xs <- (Vector T)] -> bool
  (some? (find-vector test xs)))

(defn find-vector "The first element that passes the test, if any. Example: (find even? [1 4 6]) => 4"
  {:overload find :on 1}
  [test <- (Fn [T] -> bool)  xs <- (Vector T)] -> (Option T)
  (let [n (count-vector xs)]
    (loop [i 0]
      (if (< i n)
        (let [x (nth-vector xs i)] (if (test x) (Some x) (recur (+ i 1))))
        None))))

(defn index-of-vector "The position of the first equal element, if any. Example: (index-of [5 6 7] 6) => 1"
  {:overload index-of :where [(Eq T)]}
  [xs <- (Vector T)  x <- T] -> (Option i64)
  (let [i (prefix-length (fn [y] (not= x y)) xs)]
    (if (< i (count-vector xs)) (Some i) None)))

(defn sort-by-vector "In ascending order of what the function gives, stable. Example: (sort-by - [1 3 2]) => [3 2 1]"
  {:overload sort-by :on 1 :where [(Ord K)]}
  [f <- (Fn [T] -> K)  xs <- (Vector T)] -> (Vector T)
  (let [keys (map-vector f xs)] (sort-by-keys xs keys)))

(defn best-by "The first element whose key beats all before it."
  {:private true}
  [f <- (Fn [T] -> K)  better? <- (Fn [K K] -> bool)  xs <- (Vector T)] -> (Option T)
  (if (empty-vector? xs)
    None
    (let [n (count-vector xs)
          x (nth-vector xs 0)]
      (loop [i 1 best x key (f x)]
        (if (< i n)
          (let [y (nth-vector xs i)
                k (f y)]
            (if (better? k key) (recur (+ i 1) y k) (recur (+ i 1) best key)))
          (Some best))))))

(defn min-by-vector "The first element with the least key, if any. Example: (min-by count [\"abc\" \"d\"]) => \"d\""
  {:overload min-by :on 1 :where [(Ord K)]}
  [f <- (Fn [T] -> K)  xs <- (Vector T)] -> (Option T)
  (best-by f (fn [a b] (< a b)) xs))

(defn max-by-vector "The first element with the greatest key, if any. Example: (max-by count [\"abc\" \"d\"]) => \"abc\""
  {:overload max-by :on 1 :where [(Ord K)]}
  [f <- (Fn [T] -> K)  xs <- (Vector T)] -> (Option T)
  (best-by f (fn [a b] (> a b)) xs))

(defn group-by-vector "The elements under what the function gives for each. Example: (group-by odd? [1 3]) => {true [1 3]}"
  {:overload group-by :on 1 :where [(Hash K)]}
  [f <- (Fn [T] -> K)  xs <- (Vector T)] -> (Map K (Vector T))
  (let [n (count-vector xs)]
    (loop [i 0 groups {}]
      (if (< i n)
        (let [x (nth-vector xs i)]
          (recur (+ i 1)
                 (update-map groups (f x)
                             (fn [group] (conj-vector (unwrap-or-option group []) x)))))
        groups))))

(defn frequencies-vector "How often each element occurs. Example: (frequencies [:a :a]) => {:a 2}"
  {:overload frequencies :where [(Hash T)]}
  [xs <- (Vector T)] -> (Map T i64)
  (let [n (count-vector xs)]
    (loop [i 0 counts {}]
      (if (< i n)
        (let [x (nth-vector xs i)]
          (recur (+ i 1) (assoc-map counts x (+ 1 (get-map-or counts x 0)))))
        counts))))

(defn distinct "Each element once, where it first occurs. Example: (distinct [1 2 1]) => [1 2]"
  {:where [(Hash T)]}
  [xs <- (Vector T)] -> (Vector T)
  (let [n (count-vector xs)]
    (loop [i 0 seen #{} out []]
      (if (< i n)
        (let [x (nth-vector xs i)]
          (if (contains-set? seen x)
            (recur (+ i 1) seen out)
            (recur (+ i 1) (conj-set seen x) (conj-vector out x))))
        out))))

(defn partition "Pieces of n elements; a shorter last one is dropped. Example: (partition 2 [1 2 3 4 5]) => [[1 2] [3 4]]"
  [n <- i64  xs <- (Vector T)] -> (Vector (Vector T))
  (pieces n (* n (quot (count-vector xs) n)) xs))

(defn partition-all "Pieces of n elements; the last may be shorter. Example: (partition-all 2 [1 2 3]) => [[1 2] [3]]"
  [n <- i64  xs <- (Vector T)] -> (Vector (Vector T))
  (pieces n (count-vector xs) xs))

(defn pieces "The first `end` elements in pieces of at most n."
  {:private true}
  [n <- i64  end <- i64  xs <- (Vector T)] -> (Vector (Vector T))
  (loop [i 0 out []]
    (if (< i end)
      (let [to (if (< (- end i) n) end (+ i n))]
        (recur to (conj-vector out (subvec-from-to xs i to))))
      out)))

(defn zip-vector "Pairs of the elements of both, as far as the shorter goes. Example: (zip [1 2] [:a :b]) => [[1 :a] [2 :b]]"
  {:overload zip}
  [xs <- (Vector A)  ys <- (Vector B)] -> (Vector (Tuple A B))
  (map-vectors (fn [x y] (tuple x y)) xs ys))

(defn vec-vector "The same vector. Example: (vec [1 2]) => [1 2]"
  {:overload vec}
  [xs <- (Vector T)] -> (Vector T)
  xs)

(defn into-vector "The vector with the elements of the second added. Example: (into [1] [2 3]) => [1 2 3]"
  {:overload into :on [0 1]}
  [to <- (Vector T)  from <- (Vector T)] -> (Vector T)
  (concat-vector to from))

;; ---- maps

(defn count-map "The number of entries. Example: (count {:a 1}) => 1"
  {:overload count :intrinsic "map_count"}
  [m <- (Map K V)] -> i64)

(defn get-map "The value under the key, if any. Example: (get {:a 1} :a) => 1"
  {:overload get :intrinsic "map_get" :where [(Hash K)]}
  [m <- (Map K V)  k <- K] -> (Option V))

(defn get-map-or "The value under the key, or the default. Example: (get {:a 1} :b 0) => 0"
  {:overload get :where [(Hash K)]}
  [m <- (Map K V)  k <- K  default <- V] -> V
  (match (get-map m k) ((Some v) v) (None default)))

(defn assoc-map "The map with the value under the key. Example: (assoc {:a 1} :a 2) => {:a 2}"
  {:overload assoc :intrinsic "map_assoc" :where [(Hash K)]}
  [m <- (Map K V)  k <- K  v <- V] -> (Map K V))

(defn dissoc "The map without the key. Example: (dissoc {:a 1} :a) => {}"
  {:intrinsic "map_dissoc" :where [(Hash K)]}
  [m <- (Map K V)  k <- K] -> (Map K V))

(defn contains-map? "Whether there is an entry under the key. Example: (contains? {:a 1} :a) => true"
  {:overload contains? :intrinsic "map_contains" :where [(Hash K)]}
  [m <- (Map K V)  k <- K] -> bool)

(defn map-entries "The entries as tuples, in the map's order. Example: (vec {:a 1}) => [[:a 1]]"
  {:overload vec :intrinsic "map_entries"}
  [m <- (Map K V)] -> (Vector (Tuple K V)))

(defn keys "The keys, in the map's order. Example: (keys {:a 1}) => [:a]"
  {:intrinsic "map_keys"}
  [m <- (Map K V)] -> (Vector K))

(defn vals "The values, in the map's order. Example: (vals {:a 1}) => [1]"
  {:intrinsic "map_vals"}
  [m <- (Map K V)] -> (Vector V))

(defn empty-map? "Whether it has no entries. Example: (empty? {:a 1}) => false"
  {:overload empty?}
  [m <- (Map K V)] -> bool
  (= (count-map m) 0))

(defn update-map
  "The map with the function applied to what is under the key, if anything.
  Example: (update {:a 1} :a (fn [n] (+ 1 (unwrap-or n 0)))) => {:a 2}"
  {:overload update :where [(Hash K)]}
  [m <- (Map K V)  k <- K  f <- (Fn [(Option V)] -> V)] -> (Map K V)
  ;; Taken out before the function sees it, the old value has one owner and can be changed in place.
  (match (get-map m k)
    (None (assoc-map m k (f None)))
    (old  (let [without (dissoc m k)] (assoc-map without k (f old))))))

(defn merge "All entries; under a key in several the last. Example: (merge {:a 1} {:a 2}) => {:a 2}"
  {:variadic fold :where [(Hash K)]}
  [a <- (Map K V)  b <- (Map K V)] -> (Map K V)
  (into-map a (map-entries b)))

(defn conj-map "The map with an entry added. Example: (conj {} (tuple :a 1)) => {:a 1}"
  {:overload conj :where [(Hash K)]}
  [m <- (Map K V)  entry <- (Tuple K V)] -> (Map K V)
  (let [(tuple k v) entry] (assoc-map m k v)))

(defn into-map "The map with the entries added. Example: (into {} [(tuple :a 1)]) => {:a 1}"
  {:overload into :on [0 1] :where [(Hash K)]}
  [to <- (Map K V)  from <- (Vector (Tuple K V))] -> (Map K V)
  (reduce-vector (fn [m entry] (conj-map m entry)) to from))

(defn map-map "The function applied to each entry, a tuple. Example: (map (fn [e] (let [(tuple k v) e] v)) {:a 1}) => [1]"
  {:overload map :on 1}
  [f <- (Fn [(Tuple K V)] -> B)  m <- (Map K V)] -> (Vector B)
  (map-vector f (map-entries m)))

(defn filter-map "The entries that pass the test. Example: (filter (fn [e] (let [(tuple k v) e] (> v 1))) {:a 1 :b 2}) => {:b 2}"
  {:overload filter :on 1 :where [(Hash K)]}
  [keep? <- (Fn [(Tuple K V)] -> bool)  m <- (Map K V)] -> (Map K V)
  (into-map {} (filter-vector keep? (map-entries m))))

(defn remove-map "The entries that fail the test. Example: (remove (fn [e] (let [(tuple k v) e] (> v 1))) {:a 1 :b 2}) => {:a 1}"
  {:overload remove :on 1 :where [(Hash K)]}
  [drop? <- (Fn [(Tuple K V)] -> bool)  m <- (Map K V)] -> (Map K V)
  (into-map {} (remove-vector drop? (map-entries m))))

(defn reduce-map "The function applied to what was gathered and the next entry. Example: (reduce (fn [sum e] (let [(tuple k v) e] (+ sum v))) 0 {:a 1 :b 2}) => 3"
  {:overload reduce :on 2}
  [f <- (Fn [A (Tuple K V)] -> A)  init <- A  m <- (Map K V)] -> A
  (reduce-vector f init (map-entries m)))

(defn every-map? "Whether all entries pass the test. Example: (every? (fn [e] (let [(tuple k v) e] (> v 1))) {:a 1}) => false"
  {:overload every? :on 1}
  [test <- (Fn [(Tuple K V)] -> bool)  m <- (Map K V)] -> bool
  (every-vector? test (map-entries m)))

(defn any-map? "Whether an entry passes the test. Example: (any? (fn [e] (let [(tuple k v) e] (= v 1))) {:a 1}) => true"
  {:overload any? :on 1}
  [test <- (Fn [(Tuple K V)] -> bool)  m <- (Map K V)] -> bool
  (any-vector? test (map-entries m)))

(defn sort-by-map "The entries in ascending order of what the function gives. Example: (sort-by (fn [e] (let [(tuple k v) e] v)) {:a 2 :b 1}) => [[:b 1] [:a 2]]"
  {:overload sort-by :on 1 :where [(Ord O)]}
  [f <- (Fn [(Tuple K V)] -> O)  m <- (Map K V)] -> (Vector (Tuple K V))
  (sort-by-vector f (map-entries m)))

;; ---- sets

(defn count-set "The number of elements. Example: (count #{1 2}) => 2"
  {:overload count :intrinsic "set_count"}
  [s <- (Set T)] -> i64)

(defn conj-set "The set with an element added. Example: (conj #{1} 1) => #{1}"
  {:overload conj :intrinsic "set_conj" :where [(Hash T)]}
  [s <- (Set T)  x <- T] -> (Set T))

(defn disj "The set without an element. Example: (disj #{1} 1) => #{}"
  {:intrinsic "set_disj" :where [(Hash T)]}
  [s <- (Set T)  x <- T] -> (Set T))

(defn contains-set? "Whether it is an element. Example: (contains? #{1 2} 3) => false"
  {:overload contains? :intrinsic "set_contains" :where [(Hash T)]}
  [s <- (Set T)  x <- T] -> bool)

(defn set-items "The elements, in the set's order. Example: (vec #{1}) => [1]"
  {:overload vec :intrinsic "set_items"}
  [s <- (Set T)] -> (Vector T))

(defn empty-set? "Whether it has no elements. Example: (empty? #{1}) => false"
  {:overload empty?}
  [s <- (Set T)] -> bool
  (= (count-set s) 0))

(defn set-of-vector "The different elements. Example: (count (set [1 2 1])) => 2"
  {:overload set :where [(Hash T)]}
  [xs <- (Vector T)] -> (Set T)
  (into-set #{} xs))

(defn into-set "The set with the elements added. Example: (count (into #{1} [1 2])) => 2"
  {:overload into :on [0 1] :where [(Hash T)]}
  [to <- (Set T)  from <- (Vector T)] -> (Set T)
  (reduce-vector (fn [s x] (conj-set s x)) to from))

(defn map-set "What the function gives for the elements. Example: (map even? #{1 3}) => #{false}"
  {:overload map :on 1 :where [(Hash B)]}
  [f <- (Fn [A] -> B)  s <- (Set A)] -> (Set B)
  (into-set #{} (map-vector f (set-items s))))

(defn filter-set "The elements that pass the test. Example: (filter even? #{1 2}) => #{2}"
  {:overload filter :on 1 :where [(Hash T)]}
  [keep? <- (Fn [T] -> bool)  s <- (Set T)] -> (Set T)
  (into-set #{} (filter-vector keep? (set-items s))))

(defn remove-set "The elements that fail the test. Example: (remove even? #{1 2}) => #{1}"
  {:overload remove :on 1 :where [(Hash T)]}
  [drop? <- (Fn [T] -> bool)  s <- (Set T)] -> (Set T)
  (into-set #{} (remove-vector drop? (set-items s))))

(defn reduce-set "The function applied to what was gathered and the next element. Example: (reduce + 0 #{1 2}) => 3"
  {:overload reduce :on 2}
  [f <- (Fn [A T] -> A)  init <- A  s <- (Set T)] -> A
  (reduce-vector f init (set-items s)))

(defn every-set? "Whether all elements pass the test. Example: (every? odd? #{1 3}) => true"
  {:overload every? :on 1}
  [test <- (Fn [T] -> bool)  s <- (Set T)] -> bool
  (every-vector? test (set-items s)))

(defn any-set? "Whether an element passes the test. Example: (any? even? #{1 3}) => false"
  {:overload any? :on 1}
  [test <- (Fn [T] -> bool)  s <- (Set T)] -> bool
  (any-vector? test (set-items s)))

(defn sort-set "The elements in ascending order. Example: (sort #{2 1}) => [1 2]"
  {:overload sort :where [(Ord T)]}
  [s <- (Set T)] -> (Vector T)
  (sort-vector (set-items s)))

(defn sort-by-set "The elements in ascending order of what the function gives. Example: (sort-by - #{1 2}) => [2 1]"
  {:overload sort-by :on 1 :where [(Ord K)]}
  [f <- (Fn [T] -> K)  s <- (Set T)] -> (Vector T)
  (sort-by-vector f (set-items s)))

;; ---- lazy sequences

(defn seq-of "A recipe as a Seq."
  {:intrinsic "same" :private true}
  [step <- (Fn [] -> (Option (Tuple T (Seq T))))] -> (Seq T))

(defn seq-step "A Seq as its recipe."
  {:intrinsic "same" :private true}
  [s <- (Seq T)] -> (Fn [] -> (Option (Tuple T (Seq T)))))

(defn uncons "The first element and the rest, if any. Example: (count (rest (range 3))) => 2"
  [s <- (Seq T)] -> (Option (Tuple T (Seq T)))
  ((seq-step s)))

(defn unfold
  "The Seq whose elements and following states the function gives, until None.
  Example: (vec (unfold (fn [n] (if (< n 3) (Some (tuple n (+ n 1))) None)) 0)) => [0 1 2]"
  [f <- (Fn [S] -> (Option (Tuple T S)))  state <- S] -> (Seq T)
  (seq-of (fn []
    (match (f state)
      (None None)
      ((Some (tuple x next)) (Some (tuple x (unfold f next))))))))

(defn wrapping-add "The sum modulo 2^64." {:intrinsic "wrap_add" :private true} [a <- i64  b <- i64] -> i64)

(defn range-step "The numbers from the first to before the second, a step apart. Example: (vec (range 0 10 4)) => [0 4 8]"
  {:overload range}
  [from <- i64  to <- i64  step <- i64] -> (Seq i64)
  (seq-of (fn []
    (cond
      (and (> step 0) (< from to))
      (let [next (wrapping-add from step)]
        (Some (tuple from (range-step (if (< next from) to next) to step))))
      (and (< step 0) (> from to))
      (let [next (wrapping-add from step)]
        (Some (tuple from (range-step (if (> next from) to next) to step))))
      :else None))))

(defn range-from-to "The numbers from the first to before the second. Example: (vec (range 2 5)) => [2 3 4]"
  {:overload range}
  [from <- i64  to <- i64] -> (Seq i64)
  (seq-of (fn []
    (if (< from to) (Some (tuple from (range-from-to (+ from 1) to))) None))))

(defn range-to "The numbers from 0 to before n. Example: (vec (range 3)) => [0 1 2]"
  {:overload range}
  [n <- i64] -> (Seq i64)
  (range-from-to 0 n))

(defn range-all "The numbers from 0 on. Example: (vec (take 3 (range))) => [0 1 2]"
  {:overload range}
  [] -> (Seq i64)
  (range-from-to 0 9223372036854775807))

(defn iterate "x, (f x), (f (f x)) and so on. Example: (vec (take 3 (iterate inc 5))) => [5 6 7]"
  [f <- (Fn [T] -> T)  x <- T] -> (Seq T)
  (seq-of (fn [] (Some (tuple x (iterate-after f x))))))

(defn iterate-after "What follows x; nothing is computed before it is asked for."
  {:private true}
  [f <- (Fn [T] -> T)  x <- T] -> (Seq T)
  (seq-of (fn [] (let [y (f x)] (Some (tuple y (iterate-after f y)))))))

(defn repeat-forever "The value again and again. Example: (vec (take 2 (repeat :a))) => [:a :a]"
  {:overload repeat}
  [x <- T] -> (Seq T)
  (seq-of (fn [] (Some (tuple x (repeat-forever x))))))

(defn repeat-times "The value n times. Example: (vec (repeat 2 :a)) => [:a :a]"
  {:overload repeat}
  [n <- i64  x <- T] -> (Seq T)
  (seq-of (fn [] (if (> n 0) (Some (tuple x (repeat-times (- n 1) x))) None))))

(defn seq-vector "The elements as a Seq. Example: (vec (seq [1 2])) => [1 2]"
  {:overload seq}
  [xs <- (Vector T)] -> (Seq T)
  (seq-vector-from xs 0))

(defn seq-vector-from "The elements from a position on."
  {:private true}
  [xs <- (Vector T)  i <- i64] -> (Seq T)
  (seq-of (fn []
    (if (< i (count-vector xs))
      (Some (tuple (nth-vector xs i) (seq-vector-from xs (+ i 1))))
      None))))

(defn seq-set "The elements as a Seq. Example: (count (seq #{1 2})) => 2"
  {:overload seq}
  [s <- (Set T)] -> (Seq T)
  (seq-vector (set-items s)))

(defn seq-map "The entries as a Seq. Example: (vec (seq {:a 1})) => [[:a 1]]"
  {:overload seq}
  [m <- (Map K V)] -> (Seq (Tuple K V))
  (seq-vector (map-entries m)))

(defn seq-seq "The same Seq. Example: (vec (seq (range 2))) => [0 1]"
  {:overload seq}
  [s <- (Seq T)] -> (Seq T)
  s)

(defn map-seq "The function applied to each element, when it is asked for. Example: (vec (map inc (range 3))) => [1 2 3]"
  {:overload map :on 1}
  [f <- (Fn [A] -> B)  s <- (Seq A)] -> (Seq B)
  (seq-of (fn []
    (match (uncons s)
      (None None)
      ((Some (tuple x more)) (Some (tuple (f x) (map-seq f more))))))))

(defn map-seqs "The function applied to the elements of both, as far as the shorter goes. Example: (vec (map + (range 3) (range 3))) => [0 2 4]"
  {:overload map :on 1}
  [f <- (Fn [A B] -> C)  s <- (Seq A)  t <- (Seq B)] -> (Seq C)
  (seq-of (fn []
    (match (uncons s)
      (None None)
      ((Some (tuple x more))
       (match (uncons t)
         (None None)
         ((Some (tuple y others)) (Some (tuple (f x y) (map-seqs f more others))))))))))

(defn map-indexed-seq "The function applied to each position and element. Example: (vec (map-indexed + (range 3))) => [0 2 4]"
  {:overload map-indexed :on 1}
  [f <- (Fn [i64 A] -> B)  s <- (Seq A)] -> (Seq B)
  (map-seqs f (range-all) s))

(defn mapcat-seq "What the function makes of each element, one after another. Example: (vec (mapcat (fn [n] (range n)) (range 3))) => [0 0 1]"
  {:overload mapcat :on 1}
  [f <- (Fn [A] -> (Seq B))  s <- (Seq A)] -> (Seq B)
  (seq-of (fn []
    (loop [s s]
      (match (uncons s)
        (None None)
        ((Some (tuple x more))
         (match (uncons (f x))
           (None (recur more))
           ((Some (tuple y others)) (Some (tuple y (concat-seq others (mapcat-seq f more))))))))))))

(defn filter-seq "The elements that pass the test. Example: (vec (filter odd? (range 5))) => [1 3]"
  {:overload filter :on 1}
  [keep? <- (Fn [T] -> bool)  s <- (Seq T)] -> (Seq T)
  (seq-of (fn []
    (loop [s s]
      (match (uncons s)
        (None None)
        ((Some (tuple x more))
         (if (keep? x) (Some (tuple x (filter-seq keep? more))) (recur more))))))))

(defn remove-seq "The elements that fail the test. Example: (vec (remove odd? (range 5))) => [0 2 4]"
  {:overload remove :on 1}
  [drop? <- (Fn [T] -> bool)  s <- (Seq T)] -> (Seq T)
  (filter-seq (fn [x] (not (drop? x))) s))

(defn keep-seq "The values that the function gives for some elements. Example: (vec (keep (fn [n] (get [5 6] n)) (range 9))) => [5 6]"
  {:overload keep :on 1}
  [f <- (Fn [A] -> (Option B))  s <- (Seq A)] -> (Seq B)
  (seq-of (fn []
    (loop [s s]
      (match (uncons s)
        (None None)
        ((Some (tuple x more))
         (match (f x)
           ((Some y) (Some (tuple y (keep-seq f more))))
           (None     (recur more)))))))))

(defn take-seq "The first n, or all. Example: (vec (take 2 (range 9))) => [0 1]"
  {:overload take :on 1}
  [n <- i64  s <- (Seq T)] -> (Seq T)
  (seq-of (fn []
    (if (> n 0)
      (match (uncons s)
        (None None)
        ((Some (tuple x more)) (Some (tuple x (take-seq (- n 1) more)))))
      None))))

(defn drop-seq "All but the first n. Example: (vec (drop 2 (range 4))) => [2 3]"
  {:overload drop :on 1}
  [n <- i64  s <- (Seq T)] -> (Seq T)
  (seq-of (fn []
    (loop [n n s s]
      (match (uncons s)
        (None None)
        ((Some (tuple x more)) (if (> n 0) (recur (- n 1) more) (Some (tuple x more)))))))))

(defn take-while-seq "The elements before the first that fails the test. Example: (vec (take-while zero? (range 9))) => [0]"
  {:overload take-while :on 1}
  [test <- (Fn [T] -> bool)  s <- (Seq T)] -> (Seq T)
  (seq-of (fn []
    (match (uncons s)
      ((Some (tuple x more)) :when (test x) (Some (tuple x (take-while-seq test more))))
      (_ None)))))

(defn drop-while-seq "The elements from the first that fails the test. Example: (vec (drop-while zero? (range 3))) => [1 2]"
  {:overload drop-while :on 1}
  [test <- (Fn [T] -> bool)  s <- (Seq T)] -> (Seq T)
  (seq-of (fn []
    (loop [s s]
      (match (uncons s)
        (None None)
        ((Some (tuple x more)) (if (test x) (recur more) (Some (tuple x more)))))))))

(defn concat-seq "The elements of all. Example: (vec (concat (range 2) (range 2))) => [0 1 0 1]"
  {:overload concat :variadic fold}
  [s <- (Seq T)  t <- (Seq T)] -> (Seq T)
  (seq-of (fn []
    (match (uncons s)
      (None (uncons t))
      ((Some (tuple x more)) (Some (tuple x (concat-seq more t))))))))

(defn zip-seq "Pairs of the elements of both, as far as the shorter goes. Example: (vec (zip (range 2) (range 9))) => [[0 0] [1 1]]"
  {:overload zip}
  [s <- (Seq A)  t <- (Seq B)] -> (Seq (Tuple A B))
  (map-seqs (fn [x y] (tuple x y)) s t))

(defn first-seq "The first element, if any. Example: (first (range 3)) => 0"
  {:overload first}
  [s <- (Seq T)] -> (Option T)
  (match (uncons s) (None None) ((Some (tuple x _)) (Some x))))

(defn rest-seq "All but the first. Example: (vec (rest (range 3))) => [1 2]"
  {:overload rest}
  [s <- (Seq T)] -> (Seq T)
  (drop-seq 1 s))

(defn last-seq "The last element, if any. Example: (last (range 3)) => 2"
  {:overload last}
  [s <- (Seq T)] -> (Option T)
  (reduce-seq (fn [_ x] (Some x)) None s))

(defn nth-seq "The element at the position; a crash out of range. Example: (nth (range 9) 4) => 4"
  {:overload nth}
  [s <- (Seq T)  i <- i64] -> T
  (match (first-seq (drop-seq i s))
    ((Some x) :when (>= i 0) x)
    (_ (nth-vector [] i))))

(defn empty-seq? "Whether it has no elements. Example: (empty? (range 0)) => true"
  {:overload empty?}
  [s <- (Seq T)] -> bool
  (none? (uncons s)))

(defn reduce-seq "The function applied to what was gathered and the next element, from the first on. Example: (reduce + 0 (range 4)) => 6"
  {:overload reduce :on 2}
  [f <- (Fn [A T] -> A)  init <- A  s <- (Seq T)] -> A
  (loop [acc init s s]
    (match (uncons s)
      (None acc)
      ((Some (tuple x more)) (recur (f acc x) more)))))

(defn count-seq "The number of elements, by running through all. Example: (count (range 4)) => 4"
  {:overload count}
  [s <- (Seq T)] -> i64
  (reduce-seq (fn [n _] (+ n 1)) 0 s))

(defn every-seq? "Whether all elements pass the test. Example: (every? even? (range 2)) => false"
  {:overload every? :on 1}
  [test <- (Fn [T] -> bool)  s <- (Seq T)] -> bool
  (none? (find-seq (fn [x] (not (test x))) s)))

(defn any-seq? "Whether an element passes the test. Example: (any? odd? (range 2)) => true"
  {:overload any? :on 1}
  [test <- (Fn [T] -> bool)  s <- (Seq T)] -> bool
  (some? (find-seq test s)))

(defn find-seq "The first element that passes the test, if any. Example: (find odd? (range 9)) => 1"
  {:overload find :on 1}
  [test <- (Fn [T] -> bool)  s <- (Seq T)] -> (Option T)
  (first-seq (filter-seq test s)))

(defn vec-seq "All elements, realised. Example: (vec (range 3)) => [0 1 2]"
  {:overload vec}
  [s <- (Seq T)] -> (Vector T)
  (reduce-seq (fn [out x] (conj-vector out x)) [] s))

(defn set-of-seq "The different elements. Example: (count (set (range 3))) => 3"
  {:overload set :where [(Hash T)]}
  [s <- (Seq T)] -> (Set T)
  (into-set-seq #{} s))

(defn into-vector-seq "The vector with the elements added. Example: (into [9] (range 2)) => [9 0 1]"
  {:overload into :on [0 1]}
  [to <- (Vector T)  from <- (Seq T)] -> (Vector T)
  (reduce-seq (fn [out x] (conj-vector out x)) to from))

(defn into-vector-set "The vector with the set's elements added. Example: (into [9] #{1}) => [9 1]"
  {:overload into :on [0 1]}
  [to <- (Vector T)  from <- (Set T)] -> (Vector T)
  (concat-vector to (set-items from)))

(defn into-set-seq "The set with the elements added. Example: (count (into #{9} (range 2))) => 3"
  {:overload into :on [0 1] :where [(Hash T)]}
  [to <- (Set T)  from <- (Seq T)] -> (Set T)
  (reduce-seq (fn [s x] (conj-set s x)) to from))

(defn into-set-set "The elements of both. Example: (count (into #{9} #{8})) => 2"
  {:overload into :on [0 1] :where [(Hash T)]}
  [to <- (Set T)  from <- (Set T)] -> (Set T)
  (into-set to (set-items from)))

(defn into-map-seq "The map with the entries added. Example: (into {} (map (fn [n] (tuple n true)) (range 1))) => {0 true}"
  {:overload into :on [0 1] :where [(Hash K)]}
  [to <- (Map K V)  from <- (Seq (Tuple K V))] -> (Map K V)
  (reduce-seq (fn [m entry] (conj-map m entry)) to from))

(defn into-map-map "The map with the entries of the second added. Example: (into {:a 1} {:a 2}) => {:a 2}"
  {:overload into :on [0 1] :where [(Hash K)]}
  [to <- (Map K V)  from <- (Map K V)] -> (Map K V)
  (into-map to (map-entries from)))

(defn sort-seq "All elements in ascending order. Example: (sort (map - (range 3))) => [-2 -1 0]"
  {:overload sort :where [(Ord T)]}
  [s <- (Seq T)] -> (Vector T)
  (sort-vector (vec-seq s)))

(defn sort-by-seq "All elements in ascending order of what the function gives. Example: (sort-by - (range 3)) => [2 1 0]"
  {:overload sort-by :on 1 :where [(Ord K)]}
  [f <- (Fn [T] -> K)  s <- (Seq T)] -> (Vector T)
  (sort-by-vector f (vec-seq s)))

(defn min-by-seq "The first element with the least key, if any. Example: (min-by - (range 3)) => 2"
  {:overload min-by :on 1 :where [(Ord K)]}
  [f <- (Fn [T] -> K)  s <- (Seq T)] -> (Option T)
  (min-by-vector f (vec-seq s)))

(defn max-by-seq "The first element with the greatest key, if any. Example: (max-by - (range 3)) => 0"
  {:overload max-by :on 1 :where [(Ord K)]}
  [f <- (Fn [T] -> K)  s <- (Seq T)] -> (Option T)
  (max-by-vector f (vec-seq s)))

(defn group-by-seq "The elements under what the function gives for each. Example: (group-by even? (range 1)) => {true [0]}"
  {:overload group-by :on 1 :where [(Hash K)]}
  [f <- (Fn [T] -> K)  s <- (Seq T)] -> (Map K (Vector T))
  (group-by-vector f (vec-seq s)))

(defn frequencies-seq "How often each element occurs. Example: (frequencies (repeat 3 :a)) => {:a 3}"
  {:overload frequencies :where [(Hash T)]}
  [s <- (Seq T)] -> (Map T i64)
  (reduce-seq (fn [counts x] (assoc-map counts x (+ 1 (get-map-or counts x 0)))) {} s))
