;; A server of bodies in pieces with tight limits: it writes where it listens, and gives each body back as it comes.
(ns user (:use [wat.http :as http :only [Exchange]]))

(defn handle [e <- Exchange] -> (Result nil IoError)
  (let [w (try (http/begin e 200 [(tuple "x-headers" (str (count (:headers e))))]))]
    (ignore (try (http/copy (:body e) w)))
    (http/finish w)))

(defn served [server <- http/Server] -> (Result nil IoError)
  (match (try (http/next-exchange server))
    (None     (Ok nil))
    ((Some e) (do (match (handle e)
                    ((Ok _)      nil)
                    ((Err error) (assert (> (count (:message error)) 0))))
                  (served server)))))

(defn main [] -> nil
  (let [s (unwrap (http/listen "127.0.0.1:0"
                               {:connections 50 :head 2048 :body 4096
                                :head-time (seconds 2) :body-time (seconds 2) :idle-time (seconds 2)})
                  "listen")]
    (println (:address s))
    (unwrap (served s) "served")))
