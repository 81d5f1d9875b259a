;; JSON text to values of a type and back, directed by the type as EDN is. One convention for both directions:
;;
;;   struct                      an object of its fields; a field that is None is left out, an absent or null one is None
;;   variant without fields      its name, "Stats"
;;   variant with fields         an object of its name and its fields, {"Sum": {"upto": 5}}
;;   Ok, Err                     {"Ok": x}, {"Err": e}
;;   None, Some                  null, x; {"Some": x} where x's own type has null
;;   Vector, Set, Tuple          an array
;;   Map                         an object where its keys are texts, numbers, bools or variants; else an array of pairs
;;   i64 BigInt f64 Decimal      a number, whole for the first two, of any size for BigInt and Decimal
;;   f64 without a number        "NaN" "Infinity" "-Infinity"
;;   keyword Symbol char         a string, keywords without their colon
;;   Instant Duration Uuid       "2026-01-31T12:00:00Z" "1.5s" "…"
;;   Bytes                       a string of base64
;;   Edn                         null, bool, i64 (BigInt beyond it), f64, String, Vector, Map of Strings
;;
;; An Edn of other kinds is written too: keywords as strings, a tagged value as {"#tag": x}.
(ns wat.json)

(defstruct ReadOptions
  "What to read: pass over keys that a struct does not have (else they are an error); the most levels of arrays and
  objects (128, at most 255); the most bytes of text (16 MiB).
  Example: (map-err :kind (wat.json/parse \"[[1]]\" {:depth 1} -> Edn)) => #wat.core/Err :limit"
  [skip-unknown <- (Option bool)
   depth        <- (Option i64)
   bytes        <- (Option i64)])

(defn read-within
  "`parse` with all its options."
  {:intrinsic "json_read" :where [(Wire T)] :private true}
  [text <- String  skip <- bool  depth <- i64  bytes <- i64] -> (Result T ReadError))

(defn parse
  "The one JSON value that the text holds, at the type the place expects; else what is wrong, with line, column and the
  way into the value.
  Example: (= (wat.json/parse \"[1, 2]\") (Ok [1 2])) => true"
  {:where [(Wire T)]}
  [text <- String  options <- ReadOptions] -> (Result T ReadError)
  (read-within text
               (unwrap-or (:skip-unknown options) false)
               (unwrap-or (:depth options) 128)
               (unwrap-or (:bytes options) 16777216)))

(defn text-of
  "A value's JSON."
  {:intrinsic "json_text" :where [(Wire T)] :private true}
  [v <- T  pretty <- bool] -> String)

(defn text "The value as JSON on one line. Example: (wat.json/text [(Some 1) None]) => \"[1,null]\""
  {:where [(Wire T)]}
  [v <- T] -> String
  (text-of v false))

(defn pretty "The value as JSON over lines, indented by two. Example: (wat.json/pretty [1]) => \"[\\n  1\\n]\""
  {:where [(Wire T)]}
  [v <- T] -> String
  (text-of v true))
