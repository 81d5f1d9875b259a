;; A link leads to a socket only for who could not have put it there.
(ns user (:use [wat.net :as net] [wat.fs :as fs] [wat.string :as string]))

(defn dial {:in String :out String} [] -> nil
  (serve (fn [address]
    (match (net/connect address)
      ((Ok _)  "connected")
      ((Err e) (nth (string/split ": " (:message e)) 1))))))

(defn said [address <- String  grants <- (Vector Grant)] -> nil
  (with-peers [p (spawn-process dial {:authority grants})]
    (println (call p address))))

(defn main [] -> nil
  (let [dir    (unwrap (fs/temp-dir) "a directory")
        socket (str "unix:" dir "/socket")
        link   (str "unix:" dir "/link")
        l      (unwrap (net/listen socket) "listen")]
    (unwrap (fs/symlink (str dir "/socket") (str dir "/link")) "a link")
    (said socket [(net-connect socket)])
    (said link [(net-connect link)])
    (said socket [(net-connect socket) (fs-write dir)])
    (said link [(net-connect link) (fs-write dir)])
    (net/stop-listening l)
    (ignore (fs/remove-all dir))))
