;; Random trees, one after another: `bush.wat DEPTH NODES SEASON SEED`. Each stands for so many requests; the levels and
;; nodes below its root are drawn, no more than so many, and the first has all of them. A request `[id n]` goes down a
;; random way to a leaf and is answered `[id answer]`, the answer 2n or the kind of the crash that was met; what is found
;; dead is planted anew at once, with as many nodes in another shape.
(ns bush (:use [wat.math :only [bit-and shr wrap-add wrap-mul]]))

(def most-children 3)

(defalias Below (Peer (Tuple i64 i64) (Tuple i64 (Result i64 keyword))))

(defstruct Bush "What stands below a node: so many levels, the sizes of the subtrees, and their roots."
  [depth <- i64  shares <- (Vector i64)  below <- (Vector Below)])

(defn main [] -> nil
  (match (map parse-i64 (args))
    ([(Some depth) (Some nodes) (Some season) (Some seed)] (seasons depth nodes season 0 (bush depth nodes seed)))
    (_ (panic! "usage: bush.wat DEPTH NODES SEASON SEED"))))

(defn seasons "Requests until stdin ends, and after so many another tree."
  [depth <- i64  nodes <- i64  season <- i64  age <- i64  now <- Bush] -> nil
  (match (readln -> (Tuple i64 i64))
    ((Some (tuple id n))
     (if (= age season)
       (do (ignore (map wait (:below now)))
           (let [levels (+ 1 (draw (+ n 1) depth))
                 size   (+ 1 (draw (+ n 2) (min nodes (- (capacity levels) 1))))]
             (seasons depth nodes season 1 (ask (bush levels size n) id n))))
       (seasons depth nodes season (+ age 1) (ask now id n))))
    (None nil)))

(defn node [depth <- i64  nodes <- i64  seed <- i64] -> (Program (Tuple i64 i64) (Tuple i64 (Result i64 keyword)))
  (fn {:in (Tuple i64 i64) :out (Tuple i64 (Result i64 keyword))} [] (tend (bush depth nodes seed))))

(defn tend "Requests until stdin ends." [now <- Bush] -> nil
  (match (readln -> (Tuple i64 i64))
    ((Some (tuple id n)) (tend (ask now id n)))
    (None nil)))

(defn ask "One request." [now <- Bush  id <- i64  n <- i64] -> Bush
  (let [below (:below now)]
    (if (empty? below)
      (do (println (tuple id (the-ok (* 2 n)))) now)
      (let [k (draw (+ (* 31 n) (:depth now)) (count below))]
        (match (call (nth below k) (tuple id n))
          ((Ok answer) (do (println answer) now))
          ((Err crash)
           (do (println (tuple id (the-err (:kind crash))))
               (Bush (:depth now) (:shares now)
                     (assoc below k (plant (:depth now) (nth (:shares now) k) n))))))))))

(defn bush "One whose levels and nodes below it are at most so many." [depth <- i64  nodes <- i64  seed <- i64] -> Bush
  (let [shares (split depth nodes seed)]
    (Bush depth shares (map (fn [k] (plant depth (nth shares k) (+ seed k))) (vec (range (count shares)))))))

(defn plant "A subtree of so many nodes." [depth <- i64  share <- i64  seed <- i64] -> Below
  (spawn-process (node (- depth 1) (- share 1) (draw (+ (* 31 seed) share) 1000000007))))

(defn split "The sizes of the subtrees of a node: as few or many of them as hold all its nodes."
  [depth <- i64  nodes <- i64  seed <- i64] -> (Vector i64)
  (if (or (= depth 0) (= nodes 0))
    []
    (let [room  (capacity (- depth 1))
          least (quot (+ nodes (- room 1)) room)
          most  (min nodes most-children)]
      (cut nodes (+ least (draw seed (+ 1 (- most least)))) room seed []))))

(defn cut "So many random parts, none empty or larger than `room`."
  [nodes <- i64  parts <- i64  room <- i64  seed <- i64  done <- (Vector i64)] -> (Vector i64)
  (if (= parts 1)
    (conj done nodes)
    (let [least (max 1 (- nodes (* room (- parts 1))))
          most  (min room (- nodes (- parts 1)))
          part  (+ least (draw (+ seed parts) (+ 1 (- most least))))]
      (cut (- nodes part) (- parts 1) room seed (conj done part)))))

(defn capacity "The nodes of a tree with so many levels below its root." [levels <- i64] -> i64
  (if (= levels 0) 1 (+ 1 (* most-children (capacity (- levels 1))))))

(defn the-ok [n <- i64] -> (Result i64 keyword) (Ok n))

(defn the-err [kind <- keyword] -> (Result i64 keyword) (Err kind))

(defn draw "A number below n that belongs to a seed (splitmix64)." [seed <- i64  n <- i64] -> i64
  (let [a (wrap-add seed 7046029254386353131)
        b (wrap-mul (wrap-add a (shr a 30)) 4658895280553007687)
        c (wrap-mul (wrap-add b (shr b 27)) 7723592293110705685)]
    (mod (bit-and (shr c 20) 1073741823) n)))
