;; What a read may wait for and how much it may take, as a value of its type.
(ns limits (:use [wat.net :as net]))

(defn short [] -> net/ReadOptions {:limit 3 :timeout (seconds 5)})

(defn main [] -> nil
  (let [listener (unwrap (net/listen "127.0.0.1:0") "listen")
        client   (unwrap (net/connect (:address listener)) "connect")
        server   (unwrap (net/accept listener) "accept")]
    (println (net/write-text client "abc\nabcd\n"))
    (println (net/read-line server (short)))
    (println (map-err :kind (net/read-line server (short))))))
