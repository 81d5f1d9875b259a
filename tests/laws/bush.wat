;; A bush that grows where it is asked: each request goes down a random way to a leaf, and what it finds dead on the way
;; is planted anew: `bush.wat DEPTH NODES`. A request `[id n]` is answered `[id answer]`, the answer 2n or the kind of
;; the crash that was met. No more than so many nodes, no deeper.
(ns bush (:use [wat.math :only [bit-and shr wrap-add wrap-mul]]))

(def most-children 3)

(defalias Below (Peer (Tuple i64 i64) (Tuple i64 (Result i64 keyword))))

(defn main [] -> nil
  (match (map parse-i64 (args))
    ([(Some depth) (Some nodes)] (tend depth nodes []))
    (_ (panic! "usage: bush.wat DEPTH NODES"))))

(defn node [depth <- i64  nodes <- i64] -> (Program (Tuple i64 i64) (Tuple i64 (Result i64 keyword)))
  (fn {:in (Tuple i64 i64) :out (Tuple i64 (Result i64 keyword))} [] (tend depth nodes [])))

(defn tend "Requests until stdin ends; so many nodes may stand below this one."
  [depth <- i64  nodes <- i64  below <- (Vector (Option Below))] -> nil
  (match (readln -> (Tuple i64 i64))
    ((Some (tuple id n))
     (if (or (= depth 0) (< nodes most-children))
       (do (println (tuple id (the-ok (* 2 n))))
           (tend depth nodes below))
       (let [below (if (empty? below) (vec (repeat most-children None)) below)
             k     (draw (+ (* 31 n) depth) most-children)
             peer  (match (nth below k)
                     ((Some p) p)
                     (None     (spawn-process (node (- depth 1) (- (quot nodes most-children) 1)))))]
         (match (call peer (tuple id n))
           ((Ok answer) (do (println answer)
                            (tend depth nodes (assoc below k (Some peer)))))
           ((Err crash) (do (println (tuple id (the-err (:kind crash))))
                            (tend depth nodes (assoc below k None))))))))
    (None nil)))

(defn the-ok [n <- i64] -> (Result i64 keyword) (Ok n))

(defn the-err [kind <- keyword] -> (Result i64 keyword) (Err kind))

(defn draw "A number below n that belongs to a seed (splitmix64)." [seed <- i64  n <- i64] -> i64
  (let [a (wrap-add seed 7046029254386353131)
        b (wrap-mul (wrap-add a (shr a 30)) 4658895280553007687)
        c (wrap-mul (wrap-add b (shr b 27)) 7723592293110705685)]
    (mod (bit-and (shr c 20) 1073741823) n)))
