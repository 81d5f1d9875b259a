;; Values of a size in EDN bytes, from stdin and between processes. `read` answers each string from stdin with its
;; length, or the kind of its error. Else each line is a size: the answers are how a child that writes such a string,
;; a child that is sent one, and a small request to a third fare.
(ns sizes (:use [wat.string :only [times]]))

(defn main [] -> nil
  (match (first (args))
    ((Some "read") (measure))
    (_             (exchange (spawn-process ear)))))

(defn measure [] -> nil
  (match (try-readln -> String)
    ((Ok (Some s)) (do (println (count s)) (measure)))
    ((Ok None)     (println :end))
    ((Err e)       (do (println (:kind e)) (measure)))))

(defn mouth {:in i64 :out String} [] -> nil (serve (fn [size] (text size))))

(defn ear {:in String :out i64} [] -> nil (serve (fn [s] (count s))))

(defn text "A string that takes so many bytes as EDN." [size <- i64] -> String (times (- size 2) "x"))

(defn exchange [bystander <- (Peer String i64)] -> nil
  (match (readln -> i64)
    ((Some size)
     (let [m (spawn-process mouth)
           e (spawn-process ear)]
       (println [(outcome (map count (call m size)))
                 (outcome (call e (text size)))
                 (outcome (call bystander "bystander"))])
       (exchange bystander)))
    (None nil)))

(defn outcome [r <- (Result i64 Crash)] -> String
  (match r
    ((Ok n)  (str n))
    ((Err c) (str (:kind c)))))
