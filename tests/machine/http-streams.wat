;; A server of bodies in pieces, which hostile clients try (crates/wat/tests/streams.rs): it writes where it listens and serves
;; until it is stopped.
(ns user (:use [wat.http :as http :only [Exchange Writer]] [wat.string :only [to-bytes times]]))

(defn fill [w <- Writer  piece <- Bytes  left <- i64] -> (Result nil IoError)
  (if (= left 0)
    (http/finish w)
    (do (try (http/write w piece))
        (fill w piece (- left 1)))))

(defn source [e <- Exchange  pieces <- i64] -> (Result nil IoError)
  (fill (try (http/begin e 200 [])) (to-bytes (times 65536 "x")) pieces))

(defn said [e <- Exchange  length <- String  body <- String] -> (Result nil IoError)
  (let [w (try (http/begin e 200 [(tuple "Content-Length" length)]))]
    (try (http/write w (to-bytes body)))
    (http/finish w)))

(defn slow [e <- Exchange] -> (Result nil IoError)
  (let [w (try (http/begin e 200 []))]
    (try (http/write w (to-bytes "begun")))
    (sleep (millis 800))
    (try (http/write w (to-bytes " ended")))
    (http/finish w)))

(defn handle [e <- Exchange] -> (Result nil IoError)
  (case (:target e)
    "/sink" (let [n (try (http/fold-body (fn [n piece] (+ n (count piece))) 0 (:body e)))]
              (http/reply e (http/text 200 (str (:method e) " " n " " (:length e) "\n"))))
    "/echo" (let [w (try (http/begin e 200 []))]
              (ignore (try (http/copy (:body e) w)))
              (http/finish w))
    "/source" (source e 3200)
    "/some"   (source e 2)
    "/slow"   (slow e)
    "/exact"  (said e "5" "exact")
    "/short"  (said e "10" "short")
    "/long"   (said e "3" "long")
    "/crash"  (http/reply e (http/text (quot 200 0) ""))
    "/half"   (let [w (try (http/begin e 200 []))]
                (try (http/write w (to-bytes "half")))
                (panic! "in the middle"))
    "/forget" (Ok nil)
    (http/reply e (http/text 404 (str "no " (:target e) "\n")))))

(defn main [] -> nil
  (let [s (unwrap (http/listen "127.0.0.1:0"
                               {:head-time  (seconds 2)
                                :body-time  (millis 1500)
                                :write-time (millis 1500)
                                :idle-time  (seconds 5)
                                :body       (Some 250000000)})
                  "listen")]
    (println (:address s))
    (unwrap (http/serve-streams s handle) "serve")))
