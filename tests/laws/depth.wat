;; How deep and how long: a line `[what n]` is answered with a number.
(ns depth)

(defenum Link End (Link [head <- i64  tail <- Link]))

(defn main [] -> nil
  (match (readln -> (Tuple keyword i64))
    ((Some (tuple what n)) (do (println (answer what n)) (main)))
    (None nil)))

(defn answer [what <- keyword  n <- i64] -> Edn
  (match what
    (:tail   (edn (even-tail n)))
    (:loop   (edn (loop [i 0 sum 0] (if (= i n) sum (recur (+ i 1) (+ sum i))))))
    (:deep   (edn (match (attempt (fn [] (up n))) ((Ok k) (edn k)) ((Err c) (edn (:kind c))))))
    (:list   (edn (let [a (links n Link/End)
                        b (links n Link/End)]
                    (tuple (= a b) (length a 0)))))
    (:vector (edn (map (fn [xs] (tuple (count xs) (reduce + 0 xs)))
                       (map-err :kind (call (spawn-process doubler) (vec (range n)))))))
    (:thread (edn (map (fn [xs] (tuple (count xs) (reduce + 0 xs)))
                       (map-err :kind (call (spawn-thread doubler) (vec (range n)))))))
    (_ (panic! "what?"))))

(defn even-tail "Two functions that call each other in tail position." [n <- i64] -> bool
  (if (= n 0) true (odd-tail (- n 1))))

(defn odd-tail [n <- i64] -> bool
  (if (= n 0) false (even-tail (- n 1))))

(defn up "Not a tail call." [n <- i64] -> i64
  (if (= n 0) 0 (+ 1 (up (- n 1)))))

(defn links [n <- i64  tail <- Link] -> Link
  (if (= n 0) tail (links (- n 1) (Link/Link n tail))))

(defn length [list <- Link  n <- i64] -> i64
  (match list
    (Link/End           n)
    ((Link/Link _ tail) (length tail (+ n 1)))))

(defn doubler {:in (Vector i64) :out (Vector i64)} [] -> nil
  (serve (fn [xs] (map (fn [x] (* 2 x)) xs))))
