;; Connections: lines, exact reads, typed values, halves that close, limits and every way to fail.
(ns user (:use [wat.net :as net :only [Stream Listener]] [wat.string :only [to-bytes from-bytes starts-with? times]]))

(defstruct Point [x <- i64  y <- (Option f64)])

(defn pair [on <- String] -> (Result (Tuple Listener Stream Stream) IoError)
  (let [listener (try (net/listen on))
        client   (try (net/connect (:address listener) {:timeout (seconds 5)}))
        server   (try (net/accept listener {:timeout (seconds 5)}))]
    (Ok (tuple listener client server))))

(defn text [bytes <- (Result (Option Bytes) IoError)] -> (Result (Option String) keyword)
  (map-err :kind (map (fn [b] (map (fn [b] (unwrap-or (from-bytes b) "?")) b)) bytes)))

(defn line [s <- Stream] -> (Result (Option String) keyword) (map-err :kind (net/read-line s)))

(defn point [s <- Stream] -> (Result (Option Point) IoError) (net/read-edn s {:limit 100}))

(defn words [on <- String] -> nil
  (let [(tuple listener a b) (unwrap (pair on) "pair")]
    (println (= (:peer a) (:address listener)))
    (println (net/write-text a "one\r\ntwo\nabcdefgh"))
    (println (line b))
    (println (line b))
    (println (text (net/read-exactly b 3)))
    (println (text (net/read b 2)))
    (println (net/close-write a))
    (println (text (net/read b 100)))
    (println (text (net/read b 100)))
    (println (net/write b (to-bytes "late")))
    (println (text (net/read-exactly a 4)))
    (println (map-err :kind (net/read a 0)))
    (println (map-err :kind (net/write a (to-bytes "x"))))
    (net/close b)
    (println (text (net/read-exactly a 4)))
    (println (map-err :kind (net/read b 1)))
    (net/stop-listening listener)
    (println (map-err :kind (map :peer (net/connect (:address listener) {:timeout (seconds 5)}))))))

(defn values [] -> nil
  (let [(tuple listener a b) (unwrap (pair "127.0.0.1:0") "pair")
        here (:address listener)]
    (unwrap (net/write-edn a (Point 1 None)) "write")
    (unwrap (net/write-text a "{:x 2 :y 0.5} {:x\n3, :y nil} {:x \"4\" :y nil} ) junk\n{:x 5 :y nil} 6") "write")
    (unwrap (net/close-write a) "close")
    (println [(point b) (point b) (point b)])
    (println (map-err (fn [e]
                        (tuple (:kind e)
                               (= (:message e)
                                  (str "read-edn " (:peer b) ": line 3, column 16: at :x: expected i64, found \"4\""))))
                      (point b)))
    (println (map-err :kind (point b)))
    (println (point b))
    (println (map-err :kind (point b)))
    (println (point b))
    (println (map-err :kind (net/read-line b)))
    (println (= here (:peer a)))))

(defn limits [] -> nil
  (let [(tuple listener a b) (unwrap (pair "localhost:0") "pair")]
    (println (map-err :kind (net/read b 1 {:timeout (millis 5)})))
    (println (map-err :kind (map :peer (net/accept listener {:timeout (millis 5)}))))
    (unwrap (net/write-text a (times 50 "x")) "write")
    (println (map-err :kind (net/read-line b {:limit 49 :timeout (seconds 5)})))
    (println (map (fn [t] (map count t)) (net/read-exactly b 50)))
    ;; Nobody reads: a write waits, up to its limit.
    (let [much (to-bytes (times 3000 (times 3000 "x")))]
      (println (map-err :kind (net/write a much {:timeout (millis 50)}))))
    (println (map (fn [b] (map count b)) (net/read b 3)))
    (let [(tuple _ c d) (unwrap (pair "127.0.0.1:0") "pair")]
      (unwrap (net/write-text c (times 200 "[")) "write")
      (println (map-err :kind (point d))))))

(defn refusals [] -> nil
  (do
    (println (map-err :message (map :peer (net/connect "127.0.0.1:1" {:timeout (seconds 5)}))))
    (println (map-err :message (map :peer (net/connect "unix:/no/such/socket"))))
    (println (map-err :message (map :peer (net/connect "127.0.0.1"))))
    (println (map-err :message (map :peer (net/connect "::1:80"))))
    (println (map-err :message (map :peer (net/connect "127.0.0.1:99999"))))
    (println (map-err :message (map :address (net/listen "192.0.2.1:0"))))
    (let [listener (unwrap (net/listen "127.0.0.1:0") "listen")]
      (println (map-err :kind (map :address (net/listen (:address listener)))))
      ;; A listener closes after its last use.
      (net/stop-listening listener))))

(defn main [] -> nil
  (words "127.0.0.1:0")
  (words (str "unix:/tmp/wat-test-" (wat.time/as-nanos (wat.time/since-epoch (now))) ".socket"))
  (values)
  (limits)
  (refusals))
