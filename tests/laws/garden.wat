;; Trees on request, whose nodes are busy in every way: a line `[depth seed]` plants one and answers its number.
(ns garden (:use [wat.math :only [bit-and shr wrap-add wrap-mul]]))

(defn main [] -> nil (tend []))

(defn tend "Keeps every tree until stdin ends." [trees <- (Vector (Peer i64 i64))] -> nil
  (match (readln -> (Tuple i64 i64))
    ((Some (tuple depth seed))
     (let [trees (conj trees (spawn-process (node depth seed)))]
       (println (count trees))
       (tend trees)))
    (None nil)))

(defn node [depth <- i64  seed <- i64] -> (Program i64 i64)
  (fn {:in i64 :out i64} [] (live depth seed)))

(defn live "One to three children above the lowest level; then whatever chance says, for ever."
  [depth <- i64  seed <- i64] -> nil
  (let [fan   (if (= depth 0) 0 (+ 1 (draw seed 1 3)))
        below (map (fn [k] (spawn-process (node (- depth 1) (draw seed (+ k 10) 1000000007)))) (vec (range fan)))]
    (occupy (draw seed 2 6) (first below))
    (println (count below))))

(defn occupy [how <- i64  child <- (Option (Peer i64 i64))] -> nil
  (match (tuple how child)
    ((tuple 0 _)        (spin 0))
    ((tuple 1 _)        (flood 0))
    ((tuple 2 _)        (sleep (hours 1)))
    ((tuple 3 (Some p)) (listen p))
    ((tuple 4 (Some p)) (push p 0))
    (_                  (ignore (readln -> i64)))))

(defn spin "A compute loop." [n <- i64] -> nil (spin (wrap-add n 1)))

(defn flood "A blocked write, where nobody reads." [n <- i64] -> nil
  (do (println n) (flood (wrap-add n 1))))

(defn listen "A blocked receive, or one that never comes to its end." [p <- (Peer i64 i64)] -> nil
  (match (recv p)
    ((Ok (Some _)) (listen p))
    (_             (sleep (hours 1)))))

(defn push "A blocked send." [p <- (Peer i64 i64)  n <- i64] -> nil
  (match (send p n)
    ((Ok _)  (push p (wrap-add n 1)))
    ((Err _) (sleep (hours 1)))))

(defn draw "The k-th number below n that belongs to a seed (splitmix64)." [seed <- i64  k <- i64  n <- i64] -> i64
  (let [a (wrap-add seed (wrap-mul k 7046029254386353131))
        b (wrap-mul (wrap-add a (shr a 30)) 4658895280553007687)
        c (wrap-mul (wrap-add b (shr b 27)) 7723592293110705685)]
    (mod (bit-and (shr c 20) 1073741823) n)))
