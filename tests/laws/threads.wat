;; Sixteen threads that allocate without end, while a line `n` starts and ends n children.
(ns threads (:use [wat.string :only [times]]))

(defn main [] -> nil
  (let [busy (map (fn [_] (spawn-thread allocating)) (vec (range 16)))]
    (serve-starts)
    (println (map (fn [p] (map-err :kind (kill p))) busy))))

(defn serve-starts [] -> nil
  (match (readln -> i64)
    ((Some n) (do (println (starts n 0)) (serve-starts)))
    (None nil)))

(defn starts [n <- i64  good <- i64] -> i64
  (if (= n 0)
    good
    (let [p (spawn-process doubler)
          r (call p n)]
      (ignore (wait p))
      (starts (- n 1) (+ good (if (= (ok r) (Some (* 2 n))) 1 0))))))

(defn allocating {:in i64 :out i64} [] -> nil (allocate 0))

(defn allocate [n <- i64] -> nil
  (allocate (mod (+ n (count (str n (times 100 "x")))) 1000)))

(defn doubler {:in i64 :out i64} [] -> nil (serve (fn [n] (* 2 n))))
