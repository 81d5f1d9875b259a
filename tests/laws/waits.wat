;; Says `:blocked`, then blocks in the place named by its argument.
(ns waits (:use [wat.math :only [wrap-add]]))

(defn main [] -> nil
  (do (println :blocked)
      (match (first (args))
        ((Some "read")    (ignore (readln -> i64)))
        ((Some "recv")    (ignore (recv (spawn-process deaf))))
        ((Some "call")    (ignore (call (spawn-process deaf) 1)))
        ((Some "send")    (push (spawn-process deaf)))
        ((Some "select")  (let [p (spawn-process deaf)
                                q (spawn-thread deaf)]
                            (ignore (select (p v v) (q v v)))))
        ((Some "sleep")   (sleep (hours 1)))
        ((Some "wait")    (ignore (wait (spawn-process deaf))))
        ((Some "thread")  (ignore (wait (spawn-thread deaf))))
        ((Some "compute") (spin 0))
        ((Some "below")   (ignore (recv (spawn-process spinner))))
        ((Some "write")   (flood 0))
        (_                (panic! "which place?")))))

(defn deaf {:in i64 :out i64} [] -> nil (sleep (hours 1)))

(defn spinner {:in i64 :out i64} [] -> nil (spin 0))

(defn spin [n <- i64] -> nil (spin (wrap-add n 1)))

(defn push [p <- (Peer i64 i64)] -> nil
  (match (send p 1)
    ((Ok _)  (push p))
    ((Err _) nil)))

(defn flood [n <- i64] -> nil
  (do (println n) (flood (wrap-add n 1))))
