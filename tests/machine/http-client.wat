;; Asks for each address read: the status and the body's length, or the kind of the error.
(ns user (:use [wat.http :as http]))

(defn main {:in String :out (Result (Tuple i64 i64) keyword)} [] -> nil
  (serve (fn [url] (map-err :kind (map (fn [r] (tuple (:status r) (count (:body r))))
                                       (http/get url {:timeout (millis 700) :limit 100000}))))))
