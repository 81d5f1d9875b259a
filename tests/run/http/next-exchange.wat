;; A server taken by the hand: the next exchange, its body, and its answer in pieces.
(ns user (:use [wat.http :as http] [wat.string :as string]))

(defn asker {:in String :out (Tuple i64 String)} [] -> nil
  (serve (fn [url]
    (let [response (unwrap (http/post url (string/to-bytes "good day")) "post")]
      (tuple (:status response) (unwrap (string/from-bytes (:body response)) "text"))))))

(defn answered [e <- http/Exchange] -> (Result nil IoError)
  (let [w (try (http/begin e 200 []))]
    (ignore (try (http/copy (:body e) w)))
    (try (http/write w (string/to-bytes " to you")))
    (http/finish w)))

(defn main [] -> nil
  (let [server (unwrap (http/listen "127.0.0.1:0") "listen")
        p      (spawn-thread asker)]
    (ignore (send p (str "http://" (:address server) "/hello?to=you")))
    (match (http/next-exchange server)
      ((Ok (Some e)) (do (println [(:method e) (:target e)])
                         (println (:length e))
                         (println (answered e))))
      ((Ok None)     (println "no request"))
      ((Err error)   (println error)))
    (println (recv p))))
