;; Asks at each address it reads: a response that is taken, or the error's kind.
(ns user (:use [wat.http :as http]))

(defn answer [url <- String] -> String
  (match (http/get url {:timeout (seconds 5) :limit 100000 :redirects 0})
    ((Ok r)  (do (assert (and (>= (:status r) 100) (< (:status r) 1000))) "accepted"))
    ((Err e) (do (assert (> (count (:message e)) 0)) "refused"))))

(defn main {:in String :out String} [] -> nil (serve answer))
