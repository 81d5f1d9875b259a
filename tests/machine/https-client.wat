;; For each address and the path of whom to trust, or nothing: the body, or what is wrong (crates/wat/tests/https.rs).
(ns user (:use [wat.http :as http] [wat.string :only [to-bytes times]]))

(defn asked [url <- String  roots <- (Option String)] -> (Result String IoError)
  (let [r (try (http/get url {:timeout (seconds 4) :roots roots}))]
    (Ok (str (:status r) " " (unwrap-or (http/body-text (:body r)) "?")))))

;; Sends and takes back so many pieces, one after another.
(defn echoed [w <- http/Writer  piece <- Bytes  left <- i64] -> (Result i64 IoError)
  (if (= left 0)
    (http/fold-body (fn [n piece] (+ n (count piece))) 0 (:body (try (http/incoming w))))
    (do (try (http/write w piece))
        (echoed w piece (- left 1)))))

(defn main {:in (Tuple String (Option String)) :out (Result String (Tuple keyword String))} [] -> nil
  (serve (fn [ask]
    (let [(tuple url roots) ask]
      (map-err (fn [e] (tuple (:kind e) (:message e)))
               (if (wat.string/ends-with? url "/echo")
                 (map str (echoed (try-upload url roots) (to-bytes (times 1000 "0123456789")) 5))
                 (asked url roots)))))))

(defn try-upload [url <- String  roots <- (Option String)] -> http/Writer
  (unwrap (http/upload "POST" url {:roots roots}) "upload"))
