;; Whether one who writes a value over the limit slows another down, in a program of one thread that waits for both. A line
;; `[n offends]` asks a neighbour n times, once a millisecond, each wait counted from the moment its request was due, so
;; that none is left out for another that went on too long. Meanwhile a command is silent, or writes 64 KiB a millisecond of
;; a value that never ends, of which it may write 8 MiB. The answer is the 99th percentile in nanoseconds, and whether the
;; command was refused.
(ns neighbours (:use [wat.process :as process] [wat.time :only [ticks as-nanos]]))

(defn echo {:in String :out String} [] -> nil (serve (fn [text] text)))

(defn command [] -> (Peer String String)
  (process/spawn-edn "python3" ["-c" "
import os, sys, time
os.write(1, b'\"ready\"\\n')
if not sys.stdin.readline():
    sys.exit()
os.write(1, b'\"')
while True:
    os.write(1, b'x' * 65536)
    time.sleep(0.001)
"] {:limits {:value 8388608}}))

(defstruct Run [neighbour <- (Peer String String)  other <- (Peer String String)  start <- Duration  n <- i64])

(defstruct Seen [waits <- (Vector i64)  refused <- bool])

(defn refusal "A command that has been refused says no more." [got <- (Result (Option String) Crash)] -> bool
  (match got
    ((Err c) (= :malformed-output (:kind c)))
    ((Ok _)  (panic! "a value without an end is no value"))))

(defn until "Takes what the command writes until the moment has come."
  [run <- Run  seen <- Seen  due <- Duration] -> Seen
  (let [left (- due (ticks))]
    (if (:refused seen)
      (do (sleep left) seen)
      (select
        ((:other run) got (until run (with seen :refused (refusal got)) due))
        (after left seen)))))

(defn answered "Takes it until the neighbour has answered." [run <- Run  seen <- Seen] -> Seen
  (if (:refused seen)
    (do (ignore (recv (:neighbour run))) seen)
    (select
      ((:neighbour run) _ seen)
      ((:other run) got (answered run (with seen :refused (refusal got)))))))

(defn asked [run <- Run  seen <- Seen  i <- i64] -> Seen
  (if (= i (:n run))
    seen
    (let [due  (+ (:start run) (millis i))
          seen (until run seen due)]
      (unwrap (send (:neighbour run) "?") "the neighbour reads")
      (let [seen (answered run seen)
            wait (as-nanos (- (ticks) due))]
        (asked run (with seen :waits (conj (:waits seen) wait)) (+ i 1))))))

(defn main [] -> nil
  (let [neighbour (spawn-process echo)]
    (loop []
      (match (readln -> (Tuple i64 bool))
        (None nil)
        ((Some (tuple n offends))
         (let [other (command)]
           (ignore (recv other))
           (ignore (call neighbour "!"))
           (when offends (unwrap (send other "go") "the command reads"))
           (let [seen    (asked (Run neighbour other (ticks) n) (Seen [] false) 0)
                 refused (and offends (or (:refused seen) (refusal (recv other))))]
             (ignore (kill other))
             (println (tuple (nth (sort (:waits seen)) (/ (* 99 n) 100)) refused))
             (recur))))))))
