;; Positions count scalar values; case, splitting and slices beyond ASCII; what is out of range.
(ns user (:use [wat.string :as s]))
(defn k [f <- (Fn [] -> String)] -> String
  (match (attempt f) ((Ok v) v) ((Err c) (str (:kind c)))))
(defn main [] -> nil
  (let [t "añ😀b\u0301c"]
    (println (tuple (count t) (nth t 2) (get t 2) (get t 9) (subs t 1 3) (subs t 2) (index-of t "b") (index-of t "") (index-of t "zz")))
    (println (s/chars t))
    (println (s/upper "straße ñ ǆ"))
    (println (s/lower "ÀÉİ ΑΣ"))
    (println (tuple (s/split "," "") (s/split "" "abc") (s/split "," ",a,") (s/split "ab" "xabyab")))
    (println (tuple (s/join "," (drop 1 ["a"])) (s/join "" ["a" "b"]) (s/trim "\u00a0 a \t\n\u2003") (s/replace "aaa" "aa" "b") (s/replace "abc" "" "-")))
    (println (tuple (s/lines "a\r\nb\n\nc") (s/lines "\n") (s/lines "") (s/times 0 "x") (s/times -1 "x") (s/pad-left 2 \0 "12345")))
    (println (s/from-bytes (s/to-bytes t)))
    (println (tuple (k (fn [] (subs "abc" 2 1))) (k (fn [] (subs "abc" 0 4))) (k (fn [] (subs "abc" -1))) (k (fn [] (str (nth "abc" 3)))) (k (fn [] (str (nth "abc" -1)))) (k (fn [] (subs "abc" 3)))  (k (fn [] (subs "abc" 4)))))
    (println (tuple (< "a" "b") (< "Z" "a") (< "é" "z") (< "\uffff" "😀") (= "e\u0301" "é")))
    (println (tuple (name :a/b) (keyword "x/y") (k (fn [] (str (keyword "")))) (k (fn [] (str (keyword "a b")))) (k (fn [] (str (keyword "a::b")))) (k (fn [] (str (keyword ":a"))))))
    (println (s/to-bytes "hello"))
    (println (tuple (s/starts-with? "" "") (s/ends-with? "a" "ab") (s/includes? "abc" "") (s/blank? "\n\t ") (s/digit? \٣)))
    (println (s/from-chars [\a \😀 \newline]))
    (println (str "\u0000" "\u001f"))
    (println (count (str (vec (range 1000)))))))
