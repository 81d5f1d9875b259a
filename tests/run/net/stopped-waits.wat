;; A stop ends a wait for a connection, for bytes, for room to write, and for a datagram.
(ns user (:use [wat.net :as net] [wat.string :only [to-bytes times]]))

(defn acceptor {:in i64 :out keyword} [] -> nil
  (let [listener (unwrap (net/listen "127.0.0.1:0") "listen")]
    (println :ready)
    (println (match (net/accept listener) ((Ok _) :accepted) ((Err e) (:kind e))))))

(defn reader {:in i64 :out keyword} [] -> nil
  (let [listener (unwrap (net/listen "127.0.0.1:0") "listen")
        stream   (unwrap (net/connect (:address listener)) "connect")]
    (println :ready)
    (println (match (net/read-line stream) ((Ok _) :read) ((Err e) (:kind e))))
    (net/stop-listening listener)))

(defn writer {:in i64 :out keyword} [] -> nil
  (let [listener (unwrap (net/listen "127.0.0.1:0") "listen")
        stream   (unwrap (net/connect (:address listener)) "connect")]
    (println :ready)
    (println (match (net/write stream (to-bytes (times 3000 (times 3000 "x")))) ((Ok _) :written) ((Err e) (:kind e))))
    (net/stop-listening listener)))

(defn receiver {:in i64 :out keyword} [] -> nil
  (let [udp (unwrap (net/udp-open "127.0.0.1:0") "udp-open")]
    (println :ready)
    (println (match (net/receive-from udp 10) ((Ok _) :received) ((Err e) (:kind e))))))

(defn ends [p <- (Peer i64 keyword)] -> nil
  (do (println (recv p))
      (sleep (millis 30))
      (println (stop p))))

(defn main [] -> nil
  (ends (spawn-process acceptor {:authority [(net-listen 0)]}))
  (ends (spawn-process reader {:authority [(net-listen 0) (net-connect "127.0.0.1:*")]}))
  (ends (spawn-process writer {:authority [(net-listen 0) (net-connect "127.0.0.1:*")]}))
  (ends (spawn-process receiver {:authority [(inherit)]}))
  (ends (spawn-thread acceptor))
  (ends (spawn-thread reader))
  (ends (spawn-thread writer))
  (ends (spawn-thread receiver)))
