;; run: --in lines --out lines FILE :memory:
;;
;; A key-value service: HTTP in front, SQLite behind. `GET /key`, `PUT /key` with a body, `DELETE /key`.
;;
;; The service is a process of its own: it says where it listens and serves until it is stopped. It may listen, and
;; reach the directory of its database, nothing else. `main` is a client that
;; asks what its input says, one request a line: `wat --in lines --out lines kv.wat FILE.db < kv.in`
(ns kv (:use [wat.http :as http] [wat.sqlite :as sqlite] [wat.string :as string]
             [wat.path :as path]))

(defn service "Serves the pairs in the database file; the first thing it writes is its address."
  [file <- String] -> (Peer nil String)
  (spawn-process (fn {:in nil :out String} []
                   (let [db     (unwrap (sqlite/open file) "the database does not open")
                         server (unwrap (http/listen "127.0.0.1:0") "the service cannot listen")]
                     (unwrap (sqlite/script
                              db
                              "create table if not exists pairs (key text primary key, value text not null)")
                             "no table")
                     (println (:address server))
                     (unwrap (http/serve server (fn [request] (answer db request))) "the service failed")))
                 {:authority (let [folder (unwrap-or (path/parent file) ".")]
                               [(net-listen 0) (fs-read folder) (fs-write folder)])}))

(defn answer [db <- sqlite/Database  request <- http/Request] -> http/Response
  (let [key (subs (:target request) 1)]
    (match (case (:method request)
             "GET"    (look-up db key)
             "PUT"    (store db key (:body request))
             "DELETE" (forget db key)
             (Ok (http/text 405 "GET, PUT or DELETE")))
      ((Ok response) response)
      ((Err e)       (http/text 500 (:message e))))))

(defn look-up [db <- sqlite/Database  key <- String] -> (Result http/Response sqlite/SqliteError)
  (match (try (sqlite/query-one db "select value from pairs where key = ?" [key]))
    ((Some value) (Ok (http/text 200 value)))
    (None         (Ok (http/text 404 (str "no " key))))))

(defn store [db <- sqlite/Database  key <- String  body <- Bytes] -> (Result http/Response sqlite/SqliteError)
  (match (http/body-text body)
    (None        (Ok (http/text 400 "a value is text in UTF-8")))
    ((Some text) (do (try (sqlite/exec db "insert into pairs values (?, ?) on conflict do update set value = excluded.value"
                                       [key text]))
                     (Ok (http/text 200 "stored"))))))

(defn forget [db <- sqlite/Database  key <- String] -> (Result http/Response sqlite/SqliteError)
  (do (try (sqlite/exec db "delete from pairs where key = ?" [key]))
      (if (= 0 (try (sqlite/changes db)))
        (Ok (http/text 404 (str "no " key)))
        (Ok (http/text 200 "deleted")))))

(defn main [] -> nil
  (with-peers [p (service (unwrap-or (first (args)) ":memory:"))]
    (let [address (unwrap (unwrap (recv p) "the service crashed") "the service said nothing")]
      (ask-all address))))

(defn ask-all [address <- String] -> nil
  (match (readln -> String)
    ((Some line) (do (ask address (string/split " " line)) (ask-all address)))
    (None        nil)))

(defn ask [address <- String  words <- (Vector String)] -> nil
  (match words
    ([method key & value]
     (let [body (string/to-bytes (string/join " " value))]
       (match (http/request method (str "http://" address "/" key) {:body body})
         ((Ok response) (println (str method " " key ": " (:status response) " "
                                      (unwrap-or (http/body-text (:body response)) "(not text)"))))
         ((Err e)       (println (str method " " key ": " (:message e)))))))
    (_ (println "METHOD KEY VALUE…"))))
