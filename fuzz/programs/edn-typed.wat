;; EDN that is read at a type is written as EDN that reads alike, on one line and over several; so is a value of no known
;; type, and all the values of a text.
(ns user (:use [wat.edn :as edn]))

(defstruct Point [x <- f64  y <- f64])
(defenum Shape
  Nothing
  (Circle [radius <- f64  name <- (Option String)])
  (Path [points <- (Vector Point)  closed <- bool])
  (Table [rows <- (Map keyword (Vector i64))  tags <- (Set String)])
  (Odd [big <- BigInt
        exact <- Decimal
        at <- Instant
        for <- Duration
        id <- Uuid
        raw <- Bytes
        c <- char
        s <- Symbol])
  (Deep [twice <- (Option (Option i64))  either <- (Result i64 String)  pair <- (Tuple i64 Edn)]))

(defn dynamic [text <- String] -> (Result Edn ReadError) (edn/parse text))
(defn typed [text <- String] -> (Result (Vector Shape) ReadError) (edn/parse text))
(defn all [text <- String] -> (Result (Vector Edn) ReadError) (edn/parse-all text))

(defn placed [e <- ReadError] -> String
  (do (assert (and (> (:line e) 0) (> (:column e) 0))) "refused"))

(defn again [e <- Edn] -> String
  (let [line (edn/text e)]
    (assert (= (edn/text (unwrap (dynamic line))) line))
    (assert (= (edn/text (unwrap (dynamic (edn/pretty-within 20 e)))) line))
    "accepted"))

(defn answer [text <- String] -> String
  (match (typed text)
    ((Ok shapes) (do (assert (= (edn/text (unwrap (typed (edn/pretty shapes)))) (edn/text shapes))) "accepted"))
    ((Err e)
     (do (ignore (placed e))
         (match (dynamic text)
           ((Ok e) (again e))
           ((Err e)
            (do (ignore (placed e))
                (match (all text)
                  ((Ok values) (do (doseq [v values] (ignore (again v))) "accepted"))
                  ((Err e)     (placed e))))))))))

(defn main {:in String :out String} [] -> nil (serve answer))
