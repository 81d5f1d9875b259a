;; Every shape of value as JSON, and back.
(ns user (:use [wat.json :as json] [wat.edn :as edn] [wat.string :as string]))

(defstruct Point [x <- f64  y <- f64])
(defenum Shape
  Nothing
  (Circle [at <- Point  radius <- f64])
  (Named  [name <- String  tag <- (Option keyword)]))
(defstruct All
  [n      <- i64
   big    <- BigInt
   price  <- Decimal
   wide   <- f64
   flag   <- bool
   letter <- char
   key    <- keyword
   text   <- String
   raw    <- Bytes
   at     <- Instant
   span   <- Duration
   id     <- Uuid
   list   <- (Vector (Option i64))
   pair   <- (Tuple i64 String)
   named  <- (Map String i64)
   by     <- (Map i64 bool)
   points <- (Map (Tuple i64 i64) keyword)
   shapes <- (Vector Shape)
   maybe  <- (Option String)
   deep   <- (Option (Option i64))
   result <- (Result i64 String)
   any    <- Edn])

(defn any [text <- String] -> Edn (unwrap (edn/parse text)))

(defn sample [] -> All
  (All :n -9223372036854775808
       :big 123456789012345678901234567890N
       :price 0.30M
       :wide 1e300
       :flag true
       :letter \ñ
       :key :shop/cart
       :text "a \"quoted\"\n\u0001 ☃"
       :raw (string/to-bytes "wat")
       :at #inst "2026-01-31T12:00:00.5Z"
       :span (millis 1500)
       :id #uuid "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
       :list [(Some 1) None]
       :pair (tuple 1 "one")
       :named {"a" 1}
       :by {7 true}
       :points {(tuple 1 2) :here}
       :shapes [Shape/Nothing (Shape/Circle (Point 1.0 2.0) 0.5) (Shape/Named "n" None)]
       :maybe None
       :deep (Some None)
       :result (Err "no")
       :any (any "{:a [1 2.5 nil \"x\"]}")))

(defn again [text <- String] -> (Result All ReadError) (json/parse text))

(defn floats [text <- String] -> (Result (Vector f64) ReadError) (json/parse text))

(defn dynamic [text <- String] -> (Result Edn ReadError) (json/parse text))

(defn main [] -> nil
  (let [text (json/text (sample))]
    (println text)
    (match (again text)
      ((Ok all) (do
                  (println (= (with all :any (edn nil)) (with (sample) :any (edn nil))))
                  (println (:any all))))
      ((Err e) (println e)))
    (println (json/text [##NaN ##Inf ##-Inf -0.0 1.0 1e22]))
    (println (floats "[\"NaN\", \"-Infinity\", 1, 1e2, -0.0]"))
    (println (dynamic "{\"a\": [1, 2.5, 1e2, null, true, 123456789012345678901234567890]}"))
    (println (json/pretty (any "{\"a\" [1 {}] \"b\" #{} \"c\" [{\"d\" nil}]}")))
    (println (map-err :message (attempt (fn [] (json/text (any "{:a 1 \"a\" 2}"))))))
    (println (json/text (any "{:k #user/tagged [1 sym] 5 \\c [1] (2)}")))))
