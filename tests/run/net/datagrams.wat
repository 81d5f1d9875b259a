;; Datagrams: who sent them, their bounds, times, and a peer that is not there.
(ns user (:use [wat.net :as net :only [Udp Datagram]] [wat.string :only [to-bytes from-bytes times starts-with?]]))

(defn open [on <- String] -> Udp (unwrap (net/udp-open on) "udp-open"))

(defn text [d <- (Result Datagram IoError)] -> (Result (Option String) keyword)
  (map-err :kind (map (fn [d] (from-bytes (:bytes d))) d)))

(defn heard [u <- Udp  n <- i64] -> (Result Datagram IoError) (net/receive-from u n {:timeout (seconds 5)}))

(defn main [] -> nil
  (let [a (open "127.0.0.1:0")
        b (open "localhost:0")]
    (println (starts-with? (:address b) "127.0.0.1:"))
    (println (net/send-to a (:address b) (to-bytes "one")))
    (println (net/send-to a (:address b) (to-bytes "")))
    (println (net/send-to a (:address b) (to-bytes "too long")))
    (println (net/send-to a (:address b) (to-bytes "exactly")))
    (println (map (fn [d] (= (:from d) (:address a))) (map-err :kind (heard b 100))))
    (println (text (heard b 0)))
    (println (text (heard b 7)))
    (println (text (heard b 7)))
    (println (map-err :kind (net/send-to a (:address b) (to-bytes (times 65508 "x")))))
    (println (net/send-to a (:address b) (to-bytes (times 65507 "x"))))
    (println (map (fn [d] (count (:bytes d))) (map-err :kind (heard b 65535))))
    (println (text (net/receive-from b 10 {:timeout (millis 20)})))
    (println (text (heard b -1)))
    (println (map-err :kind (net/send-to a "unix:/a" (to-bytes "x"))))
    (println (map-err :kind (net/send-to a "127.0.0.1" (to-bytes "x"))))
    (println (map-err :kind (net/send-to a "[::1]:9" (to-bytes "x"))))
    (println (map-err :kind (map :address (net/udp-open (:address a)))))
    ;; With a peer only that peer is heard, and its absence is told.
    (let [peer (:address b)
          c    (unwrap (net/udp-open "127.0.0.1:0" {:peer (Some peer)}) "udp-open")]
      (println (net/send-to a (:address c) (to-bytes "from another")))
      (println (net/send-to b (:address c) (to-bytes "from the peer")))
      (println (text (heard c 100)))
      (net/udp-close b)
      (println (net/send-to c peer (to-bytes "to nobody")))
      (println (text (heard c 100))))
    (net/udp-close a)
    (println (text (heard a 10)))
    (println (map-err :kind (net/send-to a "127.0.0.1:9" (to-bytes "x"))))))
