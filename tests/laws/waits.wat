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
        ((Some "spinner") (watched (spawn-process spinner)))
        ((Some "writer")  (watched (spawn-process writer)))
        ((Some "cutter") (watched (spawn-process cutter)))
        ((Some "measurer") (watched (spawn-process measurer)))
        ((Some "speaker") (let [p (spawn-process speaker)]
                            (ignore (recv p))
                            (watched p)))
        ((Some "asker")   (let [p (spawn-process asker)]
                            (sleep (millis 100))
                            (ignore (stop p))
                            (println (wait p))))
        ((Some "runtime") (ignore (recv (spawn-process grind))))
        ((Some "write")   (flood 0))
        ((Some "threaded") (let [p (spawn-process threaded)]
                             (do (spin 0) (ignore (call p 1)))))
        ((Some "many") (doseq [n (range 50)]
                         (let [p (spawn-process threaded)]
                           (println (call p n))
                           (ignore (kill p)))))
        (_                (panic! "which place?")))))

(defn deaf {:in i64 :out i64} [] -> nil (sleep (hours 1)))

(defn threaded "Waits for the first time just when its thread begins." {:in i64 :out i64} [] -> nil
  (let [q (spawn-thread deaf)]
    (serve (fn [n] (do (ignore (status q)) n)))))

(defn spinner {:in i64 :out i64} [] -> nil (spin 0))

(defn spin [n <- i64] -> nil (spin (wrap-add n 1)))

(defn watched [p <- (Peer i64 i64)] -> nil
  (do (sleep (millis 100)) (println (status p)) (ignore (kill p))))

(defn writer "Is in runtime functions nearly always." {:in i64 :out i64} [] -> nil (texts 0))

(defn cutter "Ends where a runtime function is given other arguments than these." {:in i64 :out i64} [] -> nil
  (cut "abcdef" 1 3))

(defn cut [text <- String  from <- i64  to <- i64] -> nil
  (if (= (subs text from to) "bc") (cut text from to) nil))

(defn measurer "The same of numbers." {:in i64 :out i64} [] -> nil (measure 2.0 10.0))

(defn measure [base <- f64  power <- f64] -> nil
  (if (= (wat.math/pow base power) 1024.0) (measure base power) nil))

(defn speaker "Never waits, after a word." {:in i64 :out i64} [] -> nil
  (do (println 1) (spin 0)))

(defn texts [n <- i64] -> nil
  (if (= (count (wat.string/times 1000000 "x")) n) nil (texts (wrap-add n 1))))

(defn asker "Never waits, and looks for a stop." {:in i64 :out i64} [] -> nil
  (if (stopped?) nil (asker)))

(defn grind "Is in one runtime function for ever longer." {:in i64 :out i64} [] -> nil (square 3N))

(defn square [n <- BigInt] -> nil (square (* n n)))

(defn push [p <- (Peer i64 i64)] -> nil
  (match (send p 1)
    ((Ok _)  (push p))
    ((Err _) nil)))

(defn flood [n <- i64] -> nil
  (do (println n) (flood (wrap-add n 1))))
