;; Who is denied for lack of a grant is told which, as its spawner would write it.
(ns user (:use [wat.fs :as fs] [wat.net :as net] [wat.http :as http] [wat.process :as process] [wat.sqlite :as sqlite]))

(defn why [r <- (Result T IoError)] -> String
  (match r ((Ok _) "allowed") ((Err e) (:message e))))

(defn reach {:in nil :out (Vector String)} [] -> nil
  (serve (fn [_]
    [(why (fs/read-text "notes.txt"))
     (why (fs/open "notes.txt"))
     (why (fs/entries "/data"))
     (why (fs/write-text "notes.txt" "x"))
     (why (fs/append-text "/data/log/today" "x"))
     (why (fs/make-dir "/data/new"))
     (why (fs/remove "/data/old"))
     (why (net/connect "db:5432"))
     (why (net/connect "unix:/run/socket"))
     (why (net/listen "127.0.0.1:8080"))
     (why (http/listen "127.0.0.1:0"))
     (match (sqlite/open "/data/db") ((Ok _) "allowed") ((Err e) (:message e)))
     (match (process/run "git" ["status"]) ((Ok _) "allowed") ((Err e) (str (:kind e) " " (:message e))))])))

(defn main [] -> nil
  (doseq [line (unwrap (call (spawn-process reach) nil) "reach")]
    (println line)))
