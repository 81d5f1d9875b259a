;; The last form of every body and branch is a call that does not grow the stack.
(defn a [n <- i64] -> i64 (if (= n 0) 0 (b (- n 1))))
(defn b [n <- i64] -> i64 (let [m n] (when-positive m)))
(defn when-positive [n <- i64] -> i64 (cond (= n 0) 0 :else (do nil (c n))))
(defn c [n <- i64] -> i64 (match n (0 0) (_ :when (> n 0) (a (- n 1))) (_ -1)))
(defn through [f <- (Fn [i64] -> i64)  n <- i64] -> i64 (if (= n 0) 0 (f (- n 1))))
(defn all? [n <- i64] -> bool (or (= n 0) (and (> n 0) (all? (- n 1)))))
(defn main [] -> nil
  (println (a 3000000))
  (println (all? 3000000))
  (println (loop [n 3000000] (if (= n 0) :done (recur (- n 1)))))
  (println (through (fn self [n] (through self n)) 1000000)))
