;; Types that are alike in memory, such as all functions and all sequences, keep their own implementations.
(defprotocol What (what [self <- Self] -> String))
(extend (Fn [i64] -> i64) What (what [f] (str "a function, 1 to " (f 1))))
(extend (Fn [String] -> i64) What (what [f] (str "a function, x to " (f "x"))))
(extend i64 What (what [n] "an i64"))
(extend String What (what [s] "a String"))
(extend (Seq T) What {:where [(What T)]}
  (what [s] (match (first s) (None "an empty sequence") ((Some x) (str "a sequence of " (what x))))))

(defn tell {:where [(What T)]} [x <- T] -> String (str "this is " (what x)))
(defn deep {:where [(What T)]} [x <- T  n <- i64] -> String
  (if (= n 0) (tell x) (deep x (- n 1))))

(defn main [] -> nil
  (println (tell (fn [n <- i64] (+ n 1))))
  (println (tell (fn [s <- String] (count s))))
  (println (deep (fn [n <- i64] (+ n 2)) 3))
  (println (deep (fn [s <- String] 9) 3))
  (println (tell (range 3)))
  (println (tell (seq ["a"])))
  (println (tell (seq [(range 3)])))
  (println (tell (seq [(seq ["a"])])))
  (println (deep (seq [(seq [(seq ["a"])])]) 2)))
