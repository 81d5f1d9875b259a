;; What is wrong with a text is told with line, column and the way into the value.
(ns user (:use [wat.json :as json]))

(defstruct Point [x <- f64  y <- (Option f64)])
(defenum Shape Nothing (Circle [at <- Point]))

(defn told [result <- (Result T ReadError)] -> String
  (match result
    ((Ok _) "read")
    ((Err e) (str (:kind e) " at " (:at e) ", " (:line e) ":" (:column e)
                  ": expected " (:expected e) ", found " (:found e)))))

(defn shapes [text <- String] -> (Result (Vector Shape) ReadError) (json/parse text))
(defn point [text <- String] -> (Result Point ReadError) (json/parse text))
(defn map-of [text <- String] -> (Result (Map String i64) ReadError) (json/parse text))
(defn ints [text <- String] -> (Result (Vector i64) ReadError) (json/parse text))
(defn set-of [text <- String] -> (Result (Set i64) ReadError) (json/parse text))
(defn pair [text <- String] -> (Result (Tuple i64 i64) ReadError) (json/parse text))
(defn any [text <- String] -> (Result Edn ReadError) (json/parse text))

(defn limited [text <- String] -> (Result Edn ReadError) (json/parse text {:depth (Some 3) :bytes (Some 40)}))
(defn lenient [text <- String] -> (Result Point ReadError) (json/parse text {:skip-unknown (Some true)}))

(defn main [] -> nil
  (doseq [text ["[\"Nothing\",\n {\"Circle\": {\"at\": {\"x\": \"3\"}}}]"
                "[\"Nothin\"]" "[{\"Square\": {}}]" "[{}]" "[{\"Circle\": {\"at\": {\"x\": 1}}, \"more\": 1}]"
                "[{\"Circle\": null}]" "[3]"]]
    (println (told (shapes text))))
  (doseq [text ["{\"x\": 1}" "{\"x\": 1, \"y\": null}" "{\"y\": 1}" "{\"x\": 1, \"z\": 2}" "{\"x\": 1, \"x\": 2}"
                "{\"x\": 1e999}" "[1]" "" "  " "{\"x\": 1} 2" "{\"x\": 01}" "{\"x\": 1,}" "{\"x\" 1}" "nul"
                "{\"x\": \"\\ud800\"}" "{x: 1}" "{\"x\": 1" "\"\\q\""]]
    (println (told (point text))))
  (println (told (map-of "{\"a\": 1,\n \"a\": 2}")))
  (println (told (ints "[1, 1.5]")))
  (println (told (ints "[9223372036854775808]")))
  (println (told (set-of "[1, 2,\n1]")))
  (println (told (pair "[1]")))
  (println (told (pair "[1, 2, 3]")))
  (println (told (any "[[[[1]]]]")))
  (println (told (limited "[[[[1]]]]")))
  (println (told (limited "[\"0123456789012345678901234567890123456789\"]")))
  (println (lenient "{\"x\": 1, \"z\": [{}, 1]}")))
