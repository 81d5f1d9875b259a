;; A server taken by the hand: the next request, its answer, and the limits it was told.
(ns user (:use [wat.http :as http] [wat.string :as string]))

(defn few [] -> http/ServerOptions {:connections 2 :idle-time (seconds 1)})

(defn main [] -> nil
  (let [server (unwrap (http/listen "127.0.0.1:0" (few)) "listen")
        url    (str "http://" (:address server) "/hello?to=you")
        asker  (spawn-thread (fn {:in nil :out String} []
                 (let [response (unwrap (http/get url) "get")]
                   (println (unwrap (string/from-bytes (:body response)) "text")))))]
    (match (http/next-request server)
      ((Ok (Some request))
       (do (println [(:method request) (:target request)])
           (unwrap (http/answer server (with (http/text 200 "good day") :id (:id request))) "answer")))
      ((Ok None)   (println "no request"))
      ((Err error) (println error)))
    (println (recv asker))))
