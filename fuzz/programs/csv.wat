;; Rows that are read are written as text that reads alike; one by one they are the same rows.
(ns user (:use [wat.csv :as csv]))

(defstruct Item [a <- String  n <- (Option i64)  k <- (Option keyword)])

(defn items [text <- String] -> (Result (Vector Item) ReadError) (csv/parse text {:skip-unknown (Some true)}))

(defn answer [text <- String] -> String
  (match (csv/rows text)
    ((Ok rows) (do
                 (assert (= (csv/rows (csv/text rows)) (Ok rows)))
                 (assert (= (map (fn [row] (unwrap row)) (vec (csv/row-seq text))) rows))
                 (match (items text)
                   ((Ok all) (do (assert (= (items (csv/print all)) (Ok all))) "accepted"))
                   ((Err _)  "accepted"))))
    ((Err e) (do (assert (> (:line e) 0))
                 (assert (any? err? (vec (csv/row-seq text))))
                 "refused"))))

(defn main {:in String :out String} [] -> nil (serve answer))
