;; Bodies in pieces between a server and a client of one tree: lengths, chunks, whole answers, and what either gets wrong.
(ns user (:use [wat.http :as http :only [Exchange Writer Incoming]] [wat.string :only [to-bytes from-bytes times]]))

(defn handle [e <- Exchange] -> (Result nil IoError)
  (case (:target e)
    "/size" (let [n (try (http/fold-body (fn [n piece] (+ n (count piece))) 0 (:body e)))]
              (http/reply e (http/edn-response 200 (tuple (:method e) (:length e) n))))
    "/echo" (let [w (try (http/begin e 201 [(tuple "Content-Length" (str (unwrap-or (:length e) 0)))]))]
              (ignore (try (http/copy (:body e) w)))
              (http/finish w))
    "/many" (let [w (try (http/begin e 200 []))]
              (doseq [n (range 3)]
                (ignore (http/write w (to-bytes (str n)))))
              (http/finish w))
    "/bare" (http/reply e (http/response 204 [] (to-bytes "")))
    "/away" (http/reply e (http/response 307 [(tuple "Location" "/size")] (to-bytes "")))
    "/deny" (http/reply e (http/text 403 "no"))
    (http/reply e (http/text 200 (:peer e)))))

(defn server {:in nil :out String} [] -> nil
  (let [s (unwrap (http/listen "127.0.0.1:0") "listen")]
    (println (:address s))
    (unwrap (http/serve-streams s handle) "serve")))

(defn shown [r <- (Result Incoming IoError)] -> (Result (Tuple i64 String) keyword)
  (map-err :kind (whole r)))

(defn whole [r <- (Result Incoming IoError)] -> (Result (Tuple i64 String) IoError)
  (let [r (try r)]
    (Ok (tuple (:status r)
               (try (http/fold-body (fn [all piece] (str all (unwrap-or (from-bytes piece) "?"))) "" (:body r)))))))

(defn sent
  [url <- String  headers <- (Vector (Tuple String String))  pieces <- (Vector String)] -> (Result Incoming IoError)
  (let [w (try (http/upload "PUT" url {:headers headers}))]
    (try (all-of w pieces))
    (http/incoming w)))

(defn all-of [w <- Writer  pieces <- (Vector String)] -> (Result nil IoError)
  (match (first pieces)
    (None     (Ok nil))
    ((Some p) (do (try (http/write w (to-bytes p)))
                  (all-of w (subvec pieces 1 (count pieces)))))))

(defn main [] -> nil
  (let [p    (spawn-process server {:authority [(net-listen 0)]})
        base (str "http://" (unwrap (unwrap (recv p) "recv") "address"))
        five [(tuple "Content-Length" "5")]]
    (println (shown (http/open "GET" (str base "/many"))))
    (println (shown (http/open "HEAD" (str base "/many"))))
    (println (shown (http/open "POST" (str base "/size") {:body (Some (to-bytes "whole"))})))
    (println (shown (http/open "POST" (str base "/away") {:body (Some (to-bytes "again"))})))
    (println (shown (http/open "GET" (str base "/bare"))))
    (println (shown (http/open "GET" (str base "/many") {:limit 2})))
    (println (shown (sent (str base "/size") [] ["in" "" " chunks"])))
    (println (shown (sent (str base "/size") five ["in" "all"])))
    (println (shown (sent (str base "/size") five ["four"])))
    (println (shown (sent (str base "/size") five ["seven!!"])))
    (println (shown (sent (str base "/echo") five ["hel" "lo"])))
    (println (shown (sent (str base "/deny") [(tuple "Expect" "100-continue")] [])))
    (println (shown (sent (str base "/size") [(tuple "Content-Length" "five")] [])))
    (println (shown (sent (str base "/size") [(tuple "Transfer-Encoding" "gzip")] [])))
    ;; What is over stays over, and what has not come is waited for.
    (let [w (unwrap (http/upload "PUT" (str base "/size")) "upload")]
      (println (map-err :kind (http/read (http/Reader (:resource w)))))
      (println (map-err :kind
                        (map (fn [_] nil)
                             (http/begin (Exchange 0 "" "" [] None "" (http/Reader (:resource w))) 200 []))))
      (println (http/finish w))
      (println (map-err :kind (http/finish w)))
      (println (map-err :kind (http/write w (to-bytes "more"))))
      (println (shown (http/incoming w)))
      (println (shown (http/incoming w))))
    ;; Requests share a connection, unless they are told not to.
    (let [a (shown (http/open "GET" base))
          b (shown (http/open "GET" base))
          c (shown (http/open "GET" base {:keep false}))
          d (shown (http/open "GET" base))]
      (println [(= a b) (= b c) (= c d)]))
    (println (stop p))))
