;; What a process with grants is given by its ancestors: connections by name, listeners, datagrams; and what it is refused.
(ns user (:use [wat.net :as net] [wat.http :as http] [wat.string :as string :only [to-bytes from-bytes]]))

(defn port-of [address <- String] -> String
  (nth (string/split ":" address) 1))

;; The words of a refusal, without the port.
(defn told [port <- String  e <- IoError] -> String
  (string/replace (:message e) port "PORT"))

;; The next word of a peer that says some by itself.
(defn heard [p <- (Peer nil String)] -> String
  (unwrap (unwrap (recv p) "no crash") "an address"))

(defn page {:in nil :out String} [] -> nil
  (let [s (unwrap (http/listen "127.0.0.1:0") "listen")]
    (println (:address s))
    (unwrap (http/serve s (fn [r] (http/text 200 (str "you asked for " (:target r))))) "serve")))

(defn fetch {:in String :out String} [] -> nil
  (serve (fn [address]
    (match (http/get (str "http://" address "/news"))
      ((Ok r)  (unwrap (from-bytes (:body r)) "text"))
      ((Err e) (told (port-of address) e))))))

(defn below {:in String :out String} [] -> nil
  (serve (fn [address]
    (with-peers [p (spawn-process fetch {:authority [(net-connect address)]})]
      (unwrap (call p address) "an answer")))))

(defn hear {:in nil :out String} [] -> nil
  (let [u (unwrap (net/udp-open "127.0.0.1:0") "udp-open")]
    (println (:address u))
    (match (net/receive-from u 100 {:timeout (seconds 10)})
      ((Ok d)  (do (println (unwrap (from-bytes (:bytes d)) "text"))
                   (match (net/send-to u (:from d) (to-bytes "heard"))
                     ((Ok _)  (println "answered"))
                     ((Err e) (println (str (:kind e)))))))
      ((Err e) (println (:message e))))))

(defn talk {:in String :out String} [] -> nil
  (serve (fn [to]
    (match (net/udp-open "127.0.0.1:0" {:peer (Some to)})
      ((Ok u)  (do (ignore (net/send-to u to (to-bytes "good day")))
                   (match (net/receive-from u 100 {:timeout (millis 300)})
                     ((Ok d)  (unwrap (from-bytes (:bytes d)) "text"))
                     ((Err e) (str (:kind e))))))
      ((Err e) (told (port-of to) e))))))

(defn aside {:in String :out String} [] -> nil
  (serve (fn [to]
    (let [u (unwrap (net/udp-open "127.0.0.1:0" {:peer (Some to)}) "udp-open")]
      (match (net/send-to u "127.0.0.1:9" (to-bytes "psst"))
        ((Ok _)  "sent")
        ((Err e) (told (port-of to) e)))))))

(defn datagrams [grants <- (Vector Grant)] -> nil
  (with-peers [p (spawn-process hear {:authority grants})]
    (let [to (heard p)]
      (with-peers [q (spawn-process talk {:authority [(net-connect to)]})]
        (println (call q to))
        (println (recv p))
        (println (recv p))))))

(defn main [] -> nil
  (with-peers [server (spawn-process page {:authority [(net-listen 0)]})]
    (let [port  (port-of (heard server))
          named (str "localhost:" port)]
      (with-peers [p (spawn-process fetch {:authority [(net-connect named)]})]
        (println (call p named))
        (println (call p (str "127.0.0.1:" port))))
      (with-peers [p (spawn-process fetch {:authority [(net-connect (str "elsewhere:" port))]})]
        (println (call p named)))
      (with-peers [p (spawn-process below {:authority [(net-connect (str "*:" port))]})]
        (println (call p named)))
      (with-peers [p (spawn-process talk {:authority [(net-connect named)]})]
        (println (call p (str "127.0.0.1:" port))))
      (with-peers [p (spawn-process aside {:authority [(net-connect named)]})]
        (println (call p named)))))
  (datagrams [(net-listen 0)])
  (datagrams [(net-listen 0) (net-connect "*:*")]))
