;; For each address read: whether a connection comes about, or why not, in the words of the error (crates/wat/tests/names.rs).
(ns user (:use [wat.net :as net]))

(defn main {:in String :out (Result String String)} [] -> nil
  (serve (fn [to] (map-err :message (map :peer (net/connect to {:timeout (seconds 20)}))))))
