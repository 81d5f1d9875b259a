;; Defs in any order; processes and threads see the same constants.
(def c (+ a b))
(def b (* a 2))
(def a 10)
(def table (into {} (map (fn [n] (tuple n (* n n))) (range 100))))
(def names {:x (tuple "x" [1 2]) :y (tuple "y" [])})
(def f (fn [x <- i64] -> i64 (+ x c)))
(def maybe (get table 7))
(def st (set (map (fn [n] (mod n 7)) (vec (range 100)))))
(defn look {:in i64 :out (Tuple (Option i64) i64 bool)} [] -> nil
  (serve (fn [n] (tuple (get table n) (g n) (contains? st n)))))
(defn g [n <- i64] -> i64 (f n))
(defn main [] -> nil
  (println [a b c]) (println (f 1)) (println maybe) (println names)
  (println (call (spawn-process look) 9)) (println (call (spawn-thread look) 99))
  (println (count (assoc table 1000 1))) (println (count table))
  (println (= table (assoc table 3 9)))
  (let [ts (map (fn [_] (spawn-thread look)) (vec (range 4)))] (println (map (fn [t] (map ok-first (call t 5))) ts))))
(defn ok-first [t <- (Tuple (Option i64) i64 bool)] -> (Option i64) (let [(tuple a _ _) t] a))
