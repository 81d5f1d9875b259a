;; What lies in pipes that nobody reads: `drain` waits for a child that writes a megabyte, `deadlock` sends to a child
;; whose answers nobody reads, `call` asks the same child properly.
(ns pressure (:use [wat.string :only [times]]))

(defn main [] -> nil
  (match (first (args))
    ((Some "drain")    (println (wait (spawn-process talker))))
    ((Some "deadlock") (let [c (push (spawn-process echo) (times 60000 "x"))]
                         (println (tuple (:kind c) (:message c)))))
    ((Some "call")     (println (ask (spawn-process echo) (times 60000 "x") 100 0)))
    (_                 (panic! "drain, deadlock or call?"))))

(defn talker {:in i64 :out String} [] -> nil (talk 1000))

(defn talk [n <- i64] -> nil
  (when (> n 0)
    (println (times 1048 "x"))
    (talk (- n 1))))

(defn echo {:in String :out String} [] -> nil (serve (fn [s] s)))

(defn push [p <- (Peer String String)  line <- String] -> Crash
  (match (send p line)
    ((Ok _)  (push p line))
    ((Err c) c)))

(defn ask "How many characters came back." [p <- (Peer String String)  line <- String  n <- i64  sum <- i64] -> i64
  (if (= n 0)
    sum
    (ask p line (- n 1) (+ sum (count (unwrap (call p line) "echo"))))))
