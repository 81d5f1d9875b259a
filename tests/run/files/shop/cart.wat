(ns files.shop.cart)

(defstruct Item [name <- String  cents <- i64])
(defenum State (Open [items <- (Vector Item)]) Paid)

(defn total [items <- (Vector Item)] -> i64 (sum (map :cents items)))
(defn sum {:private true} [xs <- (Vector i64)] -> i64 (reduce + 0 xs))
(defn describe [s <- State] -> String
  (match s
    ((State/Open items) (str (count items) " items"))
    (State/Paid "paid")))
