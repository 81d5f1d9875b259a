;; Literals of every kind, `or`, names and the wildcard.
(defn number [n <- i64] -> String
  (match n (0 "none") (1 "one") ((or 2 3) "few") (-1 "minus") (_ "many")))
(defn text [s <- String] -> i64 (match s ("a" 1) ("b" 2) (other (count other))))
(defn letter [c <- char] -> bool (match c ((or \a \e \i \o \u) true) (_ false)))
(defn word [k <- keyword] -> i64 (match k (:one 1) (:two 2) (_ 0)))
(defn yes [b <- bool] -> String (match b (true "yes") (false "no")))
(defn main [] -> nil
  (println (map number [0 1 2 3 -1 7]))
  (println (map text ["a" "b" "long"]))
  (println (map letter [\a \b]))
  (println (map word [:one :two :three]))
  (println (map yes [true false]))
  (println (match 1.5 (1.5 :same) (_ :other)))
  (println (match nil (nil :nothing))))
