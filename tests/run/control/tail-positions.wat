;; A million calls in each tail position, and recur through let, match, cond and do.
(defn even1 [n <- i64] -> bool (if (= n 0) true (odd1 (- n 1))))
(defn odd1 [n <- i64] -> bool (if (= n 0) false (even1 (- n 1))))
(defn t-cond [n <- i64] -> i64 (cond (= n 0) 0 (even? n) (t-cond (- n 1)) :else (t-cond (- n 1))))
(defn t-when [n <- i64] -> nil (when (> n 0) (t-when (- n 1))))
(defn t-let [n <- i64] -> i64 (let [m (- n 1)] (if (< m 0) m (t-let m))))
(defn t-do [n <- i64] -> i64 (do (ignore n) (if (= n 0) 0 (t-do (- n 1)))))
(defn t-match [o <- (Option i64)] -> i64
  (match o
    ((Some 0) 0)
    ((Some n) :when (odd? n) (t-match (Some (- n 1))))
    ((Some n) (t-match (Some (- n 1))))
    (None -1)))
(defn t-or [n <- i64] -> bool (or (= n 0) (t-or (- n 1))))
(defn t-and [n <- i64] -> bool (and (>= n 0) (t-and (- n 1))))
(defn t-loop [n <- i64] -> i64 (loop [i 0] (if (< i 1) (recur (+ i 1)) (if (= n 0) 0 (t-loop (- n 1))))))
(defn t-iflet [n <- i64] -> i64 (if-let [m (if (> n 0) (Some (- n 1)) None)] (t-iflet m) 0))
(defn t-whenlet [n <- i64] -> nil (when-let [m (if (> n 0) (Some (- n 1)) None)] (t-whenlet m)))
(defn t-fn [n <- i64  k <- (Fn [i64] -> i64)] -> i64 (if (= n 0) (k 0) (t-fn (- n 1) k)))
(defn cps [n <- i64  k <- (Fn [i64] -> i64)] -> i64 (if (= n 0) (k 0) (cps (- n 1) (fn [x] (k (+ x 1))))))
(defn t-big
  [n <- i64  a <- i64  b <- i64  c <- i64  d <- i64  e <- i64  f <- String  g <- (Vector i64)  h <- f64  i <- i64]
  -> i64
  (if (= n 0) (+ a b c d e (count f) (count g) i) (t-small (- n 1))))
(defn t-small [n <- i64] -> i64 (if (= n 0) 0 (t-big (- n 1) 1 2 3 4 5 "six" [7] 8.0 9)))
(defn t-thread [n <- i64] -> i64 (if (= n 0) 0 (-> n (- 1) t-thread)))
(defn main [] -> nil
  (println (even1 1000000))
  (println (t-cond 1000000)) (t-when 1000000) (println (t-let 1000000)) (println (t-do 1000000))
  (println (t-match (Some 1000000)))
  (println (t-or 1000000)) (println (t-and 1000000)) (println (t-loop 1000000)) (println (t-iflet 1000000))
  (t-whenlet 1000000)
  (println (t-fn 1000000 inc)) (println (cps 100000 (fn [x] x))) (println (t-small 1000001))
  (println (t-thread 1000000))
  (let [g (fn go [n <- i64] -> i64 (if (= n 0) 42 (go (- n 1))))] (println (g 1000000)))
  (println (loop [n 1000000 acc []] (if (= n 0) (count acc) (recur (- n 1) (if (= 0 (mod n 1000)) (conj acc n) acc)))))
  (println (loop [i 0] (let [j (+ i 1)] (match j (1000000 j) (_ (cond (even? j) (recur j) :else (do (recur j)))))))))
