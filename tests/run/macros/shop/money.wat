(ns shop.money (:use [wat.string :only [join]]))

(defn cents {:private true} [euros <- i64] -> i64 (* 100 euros))
(defn label [parts <- (Vector String)] -> String (join "-" parts))
(defenum Coin Eur (Other [name <- String]))

;; The private function and the names this file uses mean what they mean here.
(defmacro euros [n] `(cents ~n))
(defmacro tag [& names]
  (Form/Str (label (map wat.form/text names)) 0))
(defmacro tagged-now [text] `(join "+" [~text (label ["a" "b"])]))
(defmacro coin [] `Coin/Eur)
(defmacro is-euro [c] `(match ~c (Coin/Eur true) ((Coin/Other _) false)))
(defmacro hidden {:private true} [x] `(+ ~x 1))
(defmacro visible [x] `(hidden ~x))
(defmacro unless [test & body] `(if ~test nil (do ~@body)))
