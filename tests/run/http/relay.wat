;; A server as a peer: requests come out of it, answers go in by number and in any order.
(ns user (:use [wat.http :as http :only [Request Response ServerEvent]]))

(defn asks {:in String :out (Result i64 keyword)} [] -> nil
  (serve (fn [url] (map-err :kind (map :status (http/get url))))))

(defn asked [p <- (Peer Response ServerEvent)] -> Request
  (match (unwrap (recv p) "recv")
    ((Some (ServerEvent/Asked r)) r)
    (other (panic! "no request" other))))

(defn try-it [p <- (Peer Response ServerEvent)] -> nil
  (let [base (match (unwrap (recv p) "recv")
               ((Some (ServerEvent/Listening address)) (str "http://" address))
               (other (panic! "no address" other)))
        a (spawn-thread asks)
        b (spawn-thread asks)]
    (unwrap (send a (str base "/a")) "send")
    (let [first-one (asked p)]
      (unwrap (send b (str base "/b")) "send")
      (let [second-one (asked p)]
        (println [(:target first-one) (:target second-one)])
        (unwrap (send p (with (http/text 202 "b") :id (:id second-one))) "send")
        (println (recv b))
        (unwrap (send p (with (http/text 404 "") :id (:id first-one))) "send")
        (println (recv a))))
    (println (wait p))))

(defn main [] -> nil
  (try-it (spawn-process (fn {:in Response :out ServerEvent} [] (http/relay "127.0.0.1:0"))
                         {:authority [(net-listen 0)]}))
  (try-it (spawn-thread (fn {:in Response :out ServerEvent} [] (http/relay "127.0.0.1:0" {:connections (Some 10)})))))
