;; A server that speaks https by the certificate and the key that it reads the paths of (crates/wat/tests/https.rs).
(ns user (:use [wat.http :as http :only [Exchange]]))

(defn handle [e <- Exchange] -> (Result nil IoError)
  (case (:target e)
    "/echo" (let [w (try (http/begin e 200 []))]
              (ignore (try (http/copy (:body e) w)))
              (http/finish w))
    "/mute" (do (sleep (seconds 60)) (http/reply e (http/text 200 "late")))
    (http/reply e (http/text 200 (str (:method e) " " (:target e) "\n")))))

(defn serves [certificate <- String  key <- String] -> (Result nil IoError)
  (let [s (try (http/listen "127.0.0.1:0" {:certificate certificate :key key :head-time (millis 1500)}))]
    (println (:address s))
    (http/serve-streams s handle)))

(defn main {:in (Tuple String String) :out String} [] -> nil
  (match (readln)
    ((Some (tuple certificate key)) (match (serves certificate key)
                                      ((Ok _)  nil)
                                      ((Err e) (println (:message e)))))
    (None                           nil)))
