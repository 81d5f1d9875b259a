;; Functions are values: captured, returned, stored, composed.
(defn adder [k <- i64] -> (Fn [i64] -> i64) (fn [n] (+ n k)))
(defn twice [f <- (Fn [i64] -> i64)] -> (Fn [i64] -> i64) (fn [n] (f (f n))))
(defstruct Op [name <- String  run <- (Fn [i64 i64] -> i64)])
(defn main [] -> nil
  (println ((adder 2) 40))
  (println ((twice (adder 3)) 1))
  (println (map (fn [f] (f 10)) [(adder 1) (adder 2) inc]))
  (println (map #(* % %) [1 2 3]))
  (println (map #(+ %1 %2) [1 2] [3 4]))
  (println ((comp (adder 1) (adder 10)) 0))
  (println (let [base 100 f (fn [n <- i64] -> i64 (+ base n))] (f 1)))
  (println (reduce (fn [acc op] ((:run op) acc 3)) 2 [(Op "add" +) (Op "times" *) (Op "minus" -)]))
  (println (map :name [(Op "add" +)])))
