;; `loop`/`recur`, `recur` to the start of a function, `doseq`.
(defn gcd [a <- i64  b <- i64] -> i64 (if (= b 0) a (recur b (rem a b))))
(defn main [] -> nil
  (println (loop [i 0 acc []] (if (= i 3) acc (recur (+ i 1) (conj acc (* i i))))))
  (println (gcd 48 36))
  (println (loop [a 1 b 1 n 0] (if (> b 100) (tuple b n) (recur b (+ a b) (inc n)))))
  (doseq [x [1 2]] (println x))
  (doseq [x (range 2) y ["a" "b"]] (println (str x y)))
  (println ((fn down [n <- i64] -> i64 (if (= n 0) 0 (down (- n 1)))) 1000000)))
