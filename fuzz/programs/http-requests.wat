;; A server with tight limits: it writes where it listens, and answers each request with what it was.
(ns user (:use [wat.http :as http :only [Request Response]]))

(defn handle [r <- Request] -> Response
  (http/response 200 [(tuple "x-headers" (str (count (:headers r))))] (:body r)))

(defn main [] -> nil
  (let [s (unwrap (http/listen "127.0.0.1:0"
                               {:connections 50 :head 2048 :body 4096
                                :head-time (seconds 2) :body-time (seconds 2) :idle-time (seconds 2)})
                  "listen")]
    (println (:address s))
    (unwrap (http/serve s handle) "serve")))
