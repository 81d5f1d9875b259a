;; JSON that is read is written as JSON that reads alike, compact and pretty, and at a type too.
(ns user (:use [wat.json :as json]))

(defenum Shape Nothing (Circle [radius <- f64  name <- (Option String)]))
(defstruct All
  [shapes <- (Vector Shape)
   by <- (Map i64 BigInt)
   price <- (Option Decimal)
   at <- (Option Instant)
   tags <- (Set keyword)
   deep <- (Option (Option bool))])

(defn dynamic [text <- String] -> (Result Edn ReadError) (json/parse text))
(defn typed [text <- String] -> (Result All ReadError) (json/parse text))

(defn answer [text <- String] -> String
  (match (typed text)
    ((Ok all) (do (assert (= (json/text (unwrap (typed (json/pretty all)))) (json/text all))) "accepted"))
    ((Err _)
     (match (dynamic text)
       ((Ok e)  (do (assert (= (dynamic (json/text e)) (Ok e)))
                    (assert (= (dynamic (json/pretty e)) (Ok e)))
                    "accepted"))
       ((Err e) (do (assert (and (> (:line e) 0) (> (:column e) 0))) "refused"))))))

(defn main {:in String :out String} [] -> nil (serve answer))
