;; `try` unwraps, or returns the failure from the enclosing function, a `fn` included.
(defn third [xs <- (Vector String)] -> (Option String) (get xs 2))
(defn third-number [xs <- (Vector String)] -> (Option i64)
  (let [text (try (third xs))
        n    (try (parse-i64 text))]
    (Some (* 2 n))))
(defn checked [n <- i64] -> (Result i64 String)
  (if (< n 0) (Err "negative") (Ok n)))
(defn sum [a <- i64  b <- i64] -> (Result i64 String)
  (Ok (+ (try (checked a)) (try (checked b)))))
(defn main [] -> nil
  (println (third-number ["1" "2" "21"]))
  (println (third-number ["1" "2" "x"]))
  (println (third-number ["1"]))
  (println (sum 1 2))
  (println (sum 1 -2))
  (println (map (fn [n] (let [v (try (checked n))] (Ok (+ v 1)))) [1 -1])))
