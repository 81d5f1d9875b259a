;; Sends a body in pieces to each address it reads, and takes the response in pieces: "accepted", or "refused" for an error.
(ns user (:use [wat.http :as http] [wat.string :only [to-bytes]]))

(defn asked [url <- String] -> (Result i64 IoError)
  (let [w (try (http/upload "PUT" url {:timeout (seconds 5) :limit 100000 :headers [(tuple "Content-Length" "10")]}))]
    (ignore (http/write w (to-bytes "hello")))
    (ignore (http/write w (to-bytes "hello")))
    (let [r (try (http/incoming w))]
      (assert (and (>= (:status r) 100) (< (:status r) 1000)))
      (http/fold-body (fn [n piece] (+ n (count piece))) 0 (:body r)))))

(defn answer [url <- String] -> String
  (match (asked url)
    ((Ok n)  (do (assert (<= n 100000)) "accepted"))
    ((Err e) (do (assert (> (count (:message e)) 0)) "refused"))))

(defn main {:in String :out String} [] -> nil (serve answer))
