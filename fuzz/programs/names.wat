;; Looks up each name it reads, to listen there: nothing is sent to what is found. "accepted" where an address was found.
(ns user (:use [wat.net :as net]))

(defn answer [name <- String] -> String
  (match (net/listen name)
    ((Ok _)  "accepted")
    ((Err e) (do (assert (> (count (:message e)) 0))
                 (if (or (= (:kind e) :unavailable) (= (:kind e) :in-use)) "accepted" "refused")))))

(defn main {:in String :out String} [] -> nil (serve answer))
