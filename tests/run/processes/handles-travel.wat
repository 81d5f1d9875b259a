;; Peers through tail calls, loops, structs, options, maps, closures and out of attempt; each lives as long as something holds it.
(defn echo {:in i64 :out i64} [] -> nil (serve inc))
(defn spin [n <- i64  p <- (Peer i64 i64)] -> i64 (if (= n 0) (unwrap (call p 1)) (spin (- n 1) p)))
(defn fresh [n <- i64] -> i64
  (let [p (spawn-thread echo)] (if (= n 0) (unwrap (call p 0)) (do (ignore (call p n)) (fresh (- n 1))))))
(defn swap [n <- i64  a <- (Peer i64 i64)  b <- (Peer i64 i64)] -> i64
  (if (= n 0) (+ (unwrap (call a 1)) (unwrap (call b 1))) (swap (- n 1) b a)))
(defstruct Pool [ps <- (Vector (Peer i64 i64))  next <- i64])
(defn ask [pl <- Pool  n <- i64] -> (Tuple Pool i64)
  (let [p (nth (:ps pl) (mod (:next pl) (count (:ps pl))))]
    (tuple (with pl :next (+ 1 (:next pl))) (unwrap (call p n)))))
(defn keep-alive [o <- (Option (Peer i64 i64))] -> i64 (match o ((Some p) (unwrap (call p 5))) (None 0)))
(defn main [] -> nil
  (println (spin 100000 (spawn-process echo)))
  (println (fresh 200))
  (println (swap 1001 (spawn-process echo) (spawn-thread echo)))
  (println (let [pl (Pool [(spawn-thread echo) (spawn-process echo)] 0)]
             (loop [pl pl i 0 s 0] (if (= i 100) s (let [(tuple pl x) (ask pl i)] (recur pl (+ i 1) (+ s x)))))))
  (println (keep-alive (Some (spawn-thread echo))))
  (println (let [m {:a (spawn-thread echo)}] (map (fn [p] (ok (call p 1))) (get m :a))))
  (println (let [f (let [p (spawn-process echo)] (fn [n] (ok (call p n))))] [(f 1) (f 2)]))
  (println (map (fn [p] (ok (call p 1))) (attempt-peer)))
  (println (let [p (spawn-process echo) s (sender p) r (receiver p)]
             (do (unwrap (send s 1)) (unwrap (send s 2)) [(recv r) (recv r)])))
  (println (recv-rest (receiver (let [p (spawn-process three)] p)))))
(defn three {:in i64 :out i64} [] -> nil (do (println 1) (println 2) (println 3)))
(defn recv-rest [r <- (Receiver i64)] -> (Vector i64)
  (loop [out []] (match (recv r) ((Some v) (recur (conj out v))) (None out))))
(defn attempt-peer [] -> (Vector (Peer i64 i64))
  (match (attempt (fn [] (spawn-thread echo))) ((Ok p) [p]) ((Err _) [])))
