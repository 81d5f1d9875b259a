;; A server in a thread and a client in another: bodies, headers, redirects, limits.
(ns user (:use [wat.http :as http :only [Request Response]] [wat.string :only [to-bytes times]]))

(defn more [ns <- (Vector i64)] -> (Vector i64) (map inc ns))

(defn handle [r <- Request] -> Response
  (case (:target r)
    "/"       (http/text 200 "hello")
    "/echo"   (http/response
               200
               [(tuple "X-Method" (:method r)) (tuple "X-Type" (unwrap-or (http/header "x-type" (:headers r)) "none"))]
               (:body r))
    "/empty"  (http/response 204 [] (to-bytes "ignored"))
    "/big"    (http/text 200 (times 100000 "0123456789"))
    "/edn"    (http/edn-response 201 (more (unwrap (http/body-edn (:body r)) "the body")))
    "/away"   (http/response 302 [(tuple "Location" "/echo")] (:body r))
    "/same"   (http/response 307 [(tuple "Location" "echo")] (:body r))
    "/round"  (http/response 302 [(tuple "Location" "/round")] (:body r))
    (http/text 404 (:target r))))

(defn server {:in nil :out String} [] -> nil
  (let [s (unwrap (http/listen "127.0.0.1:0" {:body 2000000}) "listen")]
    (println (:address s))
    (unwrap (http/serve s handle) "serve")))

(defn shown [r <- (Result Response IoError)] -> (Result (Tuple i64 String) keyword)
  (map-err :kind (map (fn [r] (tuple (:status r) (unwrap-or (http/body-text (:body r)) "?"))) r)))

(defn main [] -> nil
  (let [p    (spawn-process server {:authority [(net-listen 0)]})
        base (str "http://" (unwrap (unwrap (recv p) "recv") "address"))]
    (println (shown (http/get base)))
    (println (shown (http/get (str base "/nowhere?q=1#part"))))
    (println (shown (http/post (str base "/echo") (to-bytes "body") {:headers (Some [(tuple "X-Type" "t")])})))
    (println (map (fn [r]
                    (tuple (http/header "x-method" (:headers r))
                           (http/header "x-type" (:headers r))
                           (http/header "content-length" (:headers r))))
                  (map-err :kind
                           (http/post (str base "/echo") (to-bytes "body") {:headers (Some [(tuple "X-Type" "t")])}))))
    (println (shown (http/request "HEAD" (str base "/echo"))))
    (println (shown (http/request "DELETE" (str base "/empty"))))
    (println (map (fn [r] (count (:body r))) (map-err :kind (http/get (str base "/big")))))
    (println (shown (http/get (str base "/big") {:limit 999999})))
    (println (shown (http/post (str base "/edn") (to-bytes "[1 2 3]"))))
    (println (shown (http/post (str base "/away") (to-bytes "dropped"))))
    (println (shown (http/get (str base "/away") {:redirects 0})))
    (println (shown (http/post (str base "/same") (to-bytes "kept"))))
    (println (shown (http/get (str base "/round") {:redirects 3})))
    (println (shown (http/post (str base "/echo") (to-bytes (times 2000001 "x")))))
    (println (shown (http/request "GET" base {:headers (Some [(tuple "A" "b\r\nc: d")])})))
    (println (shown (http/request "GET" base {:headers (Some [(tuple "Host" "other")])})))
    (println (shown (http/request "G T" base)))
    (println (shown (http/get "http://127.0.0.1:1/")))
    (println (map-err :message (map :status (http/get "https://127.0.0.1:1/"))))
    (println (shown (http/get "nonsense")))
    (println (stop p))))
