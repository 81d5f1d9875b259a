;; A server with tight limits, which hostile clients try (crates/wat/tests/http.rs): it writes where it listens and serves until
;; it is stopped.
(ns user (:use [wat.http :as http :only [Request Response]]))

(defn handle [r <- Request] -> Response
  (case (:target r)
    "/crash"  (http/text (quot 200 0) "")
    "/inject" (http/response 200 [(tuple "X-A" "b\r\nX-C: d")] (:body r))
    "/status" (http/text 42 "")
    (http/text 200 (str (:method r) " " (:target r) " " (count (:body r)) "\n"))))

(defn main [] -> nil
  (let [s (unwrap (http/listen "127.0.0.1:0"
                               {:connections 50 :head 2048 :body 4096
                                :head-time (millis 700) :body-time (millis 700) :idle-time (seconds 5)})
                  "listen")]
    (println (:address s))
    (unwrap (http/serve s handle) "serve")))
