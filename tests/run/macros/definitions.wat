;; Macros at the top of a file make definitions under the names they are given; a template's own names are its own.
(defmacro constant [name value] `(def ~name ~value))
(defmacro record [name & fields]
  `(do (defstruct ~name [~@(flatten (map (fn [f] [f '<- 'i64]) fields))])
       (defn ~(wat.form/name-like name (str "sum-of-" (unwrap (wat.form/name-of name)))) [r <- ~name] -> i64
         (+ ~@(map (fn [f] (match f
                             ((Form/Symbol s _) `(~(Form/Keyword (keyword s) 0) r))
                             (_ (panic! "names"))))
                   fields)))))
(defmacro counter [name start]
  `(do (def base ~start)
       (defn helper [n <- i64] -> i64 (+ n base))
       (defn ~name [n <- i64] -> i64 (helper n))))
(defmacro choices [name & variants] `(defenum ~name ~@variants (Other [code <- i64])))
(defmacro define-getter [name field] `(defmacro ~name [thing] `(~~field ~thing)))
(defmacro generic [name] `(defn ~name [x <- T  f <- (Fn [T] -> T)] -> T (f (f x))))

(constant limit 40)
(record Sizes w h)
(counter from-ten 10)
(counter from-hundred 100)
(choices Color Red Green)
(define-getter width-of :w)
(generic both-times)

(defn shade [c <- Color] -> i64
  (match c (Color/Red 1) (Color/Green 2) ((Color/Other n) n)))

(defn main [] -> nil
  (println (+ limit 2))
  (println (Sizes 3 4))
  (println (sum-of-Sizes (Sizes :w 3 :h 4)))
  (println [(from-ten 1) (from-hundred 1)])
  (println (map shade [Color/Red Color/Green (Color/Other 9)]))
  (println (width-of (Sizes 8 9)))
  (println (both-times 5 inc)))
