;; Methods in tail position do not grow the stack, through implementations, defaults and generic code.
(defprotocol Machine
  (step [self <- Self  left <- i64  done <- i64] -> i64
    (if (= left 0) done (run self (- left 1) (+ done 1)))))
(defstruct Fast [by <- i64])
(defstruct Slow [])
(extend Slow Machine)
(extend Fast Machine
  (step [f left done] (if (= left 0) done (step f (- left 1) (+ done (:by f))))))
(defn run {:where [(Machine M)]} [m <- M  left <- i64  done <- i64] -> i64 (step m left done))

(defprotocol Even (is-even [self <- Self] -> bool) (is-odd [self <- Self] -> bool))
(extend i64 Even
  (is-even [n] (if (= n 0) true (is-odd (- n 1))))
  (is-odd [n] (if (= n 0) false (is-even (- n 1)))))

(defprotocol Depth (depth [self <- Self] -> i64))
(extend bool Depth (depth [_] 0))
(extend (Vector T) Depth {:where [(Depth T)]}
  (depth [xs] (+ 1 (reduce max 0 (map depth-of xs)))))
(defn depth-of {:where [(Depth T)]} [x <- T] -> i64 (depth x))

(defn main [] -> nil
  (println (run (Slow) 1000000 0))
  (println (run (Fast 3) 1000000 0))
  (println (is-even 1000001))
  (println (depth [[[true] []] []])))
