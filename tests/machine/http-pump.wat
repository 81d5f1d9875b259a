;; A client of bodies in pieces (crates/wat/tests/streams.rs): for each line, what is said there of the address.
(ns user (:use [wat.http :as http] [wat.string :only [to-bytes times from-bytes]]))

(defn told [r <- http/Incoming] -> (Result (Tuple i64 i64) IoError)
  (Ok (tuple (:status r) (try (http/fold-body (fn [n piece] (+ n (count piece))) 0 (:body r))))))

(defn options [headers <- (Vector (Tuple String String))] -> http/RequestOptions
  {:headers headers :timeout (seconds 5)})

;; All that comes from one address goes to the other.
(defn pump [from <- String  to <- String] -> (Result (Tuple i64 i64) IoError)
  (let [a (try (http/open "GET" from (options [])))
        b (try (http/upload "POST" to (options [])))]
    (ignore (try (http/copy (:body a) b)))
    (told (try (http/incoming b)))))

(defn pieces [w <- http/Writer  piece <- Bytes  left <- i64] -> (Result nil IoError)
  (if (= left 0)
    (Ok nil)
    (do (try (http/write w piece)) (pieces w piece (- left 1)))))

;; Writes much more than any buffer holds, whatever the server makes of it.
(defn push [to <- String  headers <- (Vector (Tuple String String))] -> (Result (Tuple i64 i64) IoError)
  (let [w       (try (http/upload "POST" to (options headers)))
        written (pieces w (to-bytes (times 100000 "x")) 200)]
    (match written
      ((Ok _)  (told (try (http/incoming w))))
      ((Err e) (if (= (:kind e) :closed) (told (try (http/incoming w))) (Err e))))))

;; Stops reading after the first piece.
(defn sip [from <- String] -> (Result (Tuple i64 i64) IoError)
  (let [r (try (http/open "GET" from (options [])))]
    (match (try (http/read (:body r)))
      ((Some piece) (Ok (tuple (:status r) (count piece))))
      (None         (Ok (tuple (:status r) 0))))))

(defn whole [from <- String  keep <- bool] -> (Result (Tuple i64 i64) IoError)
  (let [r (try (http/get from {:timeout (seconds 5) :keep keep}))]
    (Ok (tuple (:status r) (count (:body r))))))

(defn posted [to <- String] -> (Result (Tuple i64 i64) IoError)
  (let [r (try (http/post to (to-bytes "") {:timeout (seconds 5)}))]
    (Ok (tuple (:status r) (count (:body r))))))

(defn visit [what <- keyword  url <- String  to <- String] -> (Result (Tuple i64 i64) IoError)
  (case what
    :pump   (pump url to)
    :push   (push url [])
    :expect (push url [(tuple "Expect" "100-continue") (tuple "Content-Length" "20000000")])
    :open   (told (try (http/open "GET" url (options []))))
    :sip    (sip url)
    :close  (whole url false)
    :post   (posted url)
    :twice  (push url [(tuple "Content-Length" "20000000") (tuple "Content-Length" "2")])
    :plus   (push url [(tuple "Content-Length" "+20000000")])
    (whole url true)))

(defn main {:in (Tuple keyword String String) :out (Result (Tuple i64 i64) (Tuple keyword String))} [] -> nil
  (serve (fn [ask]
    (let [(tuple what url to) ask]
      (map-err (fn [e] (tuple (:kind e) (:message e))) (visit what url to))))))
