;; The prelude's values: Option and Result, and what works on values of any type. One definition is one row: name,
;; type, documentation, implementation. `{:intrinsic "name"}` stands where a primitive operation or a function of the
;; runtime does the work; everything else is wat.
;;
;; `{:overload map :on 1}` makes a definition one implementation of the overloaded `map`, chosen by the type
;; of argument 1 (the first is 0 and the default; `:on [0 1]` means that both decide) and by the number of
;; arguments. Implementations call each other by their own names, so nothing here waits for a choice.
;;
;; The namespace has a room for each kind of value: `core-numbers.wat core-time.wat core-text.wat core-vectors.wat core-maps.wat
;; core-sets.wat core-seqs.wat`; files of the library may share a namespace, and see each other's private names.
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
  a form made by hand. See `wat.form`.
  Example: (wat.form/text '(f [1 :a])) => \"(f [1 :a])\""
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

(defn map-result
  "The function applied to the value of a success. Example: (map inc (attempt (fn [] 1))) => #wat.core/Ok 2"
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

(defn comp-two "The second function, then the first. Example: (map (comp inc dec) [1 2]) => [1 2]"
  {:overload comp}
  [f <- (Fn [B] -> C)  g <- (Fn [A] -> B)] -> (Fn [A] -> C)
  (fn [x] (f (g x))))

(defn comp-three "The third function, then the second, then the first. Example: (map (comp inc inc inc) [1 2]) => [4 5]"
  {:overload comp}
  [f <- (Fn [C] -> D)  g <- (Fn [B] -> C)  h <- (Fn [A] -> B)] -> (Fn [A] -> D)
  (fn [x] (f (g (h x)))))

(defn partial-one "The function of two with its first argument given. Example: (map (partial + 10) [1 2]) => [11 12]"
  {:overload partial}
  [f <- (Fn [A B] -> C)  a <- A] -> (Fn [B] -> C)
  (fn [b] (f a b)))

(defn partial-two "The function of three with its first two arguments given. Example: (map (partial subs \"hello\" 1) [2 3]) => [\"e\" \"el\"]"
  {:overload partial}
  [f <- (Fn [A B C] -> D)  a <- A  b <- B] -> (Fn [C] -> D)
  (fn [c] (f a b c)))

(defn juxt-two "Both results as a tuple. Example: (map (juxt inc dec) [1 5]) => [[2 0] [6 4]]"
  {:overload juxt}
  [f <- (Fn [A] -> B)  g <- (Fn [A] -> C)] -> (Fn [A] -> (Tuple B C))
  (fn [x] (tuple (f x) (g x))))

(defn juxt-three "All three results as a tuple. Example: (map (juxt inc dec even?) [1]) => [[2 0 false]]"
  {:overload juxt}
  [f <- (Fn [A] -> B)  g <- (Fn [A] -> C)  h <- (Fn [A] -> D)] -> (Fn [A] -> (Tuple B C D))
  (fn [x] (tuple (f x) (g x) (h x))))

(defn some-fn "Passed where one of the tests is. Example: (filter (some-fn even? neg?) [1 2 -3]) => [2 -3]"
  {:variadic fold}
  [p <- (Fn [T] -> bool)  q <- (Fn [T] -> bool)] -> (Fn [T] -> bool)
  (fn [x] (or (p x) (q x))))

(defn every-pred "Passed where all of the tests are. Example: (filter (every-pred even? pos?) [1 2 -4]) => [2]"
  {:variadic fold}
  [p <- (Fn [T] -> bool)  q <- (Fn [T] -> bool)] -> (Fn [T] -> bool)
  (fn [x] (and (p x) (q x))))

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
