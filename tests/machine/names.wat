;; For each address read: whether a connection comes about, or why not, by the kind and the words of the error
;; (crates/wat/tests/names.rs).
(ns user (:use [wat.net :as net]))

(defn main {:in String :out (Result String (Tuple keyword String))} [] -> nil
  (serve (fn [to]
    (map-err (fn [e] (tuple (:kind e) (:message e))) (map :peer (net/connect to {:timeout (seconds 20)}))))))
