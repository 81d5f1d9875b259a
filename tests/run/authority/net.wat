;; A port and a host are granted by name; another of either is refused.
(ns user (:use [wat.net :as net]))

(defn why [r <- (Result T IoError)] -> (Option keyword)
  (match r ((Ok _) None) ((Err e) (Some (:kind e)))))

(defn dial {:in String :out (Option keyword)} [] -> nil
  (serve (fn [address] (why (net/connect address)))))

(defn open {:in String :out (Option keyword)} [] -> nil
  (serve (fn [address] (why (net/listen address)))))

(defn port-of [address <- String] -> String
  (nth (wat.string/split ":" address) 1))

(defn main [] -> nil
  (let [a (unwrap (net/listen "127.0.0.1:0") "a listener")
        b (unwrap (net/listen "127.0.0.1:0") "another")
        pa (port-of (:address a))
        pb (port-of (:address b))]
    (with-peers [p (spawn-process dial {:authority [(net-connect (str "127.0.0.1:" pa))]})]
      (println (call p (str "127.0.0.1:" pa)))
      (println (call p (str "127.0.0.1:" pb)))
      (println (call p (str "localhost:" pa)))
      (println (call p "unix:/run/any")))
    (with-peers [p (spawn-process dial {:authority [(net-connect (str "*:" pb))]})]
      (println (call p (str "127.0.0.1:" pa)))
      (println (call p (str "localhost:" pb))))
    (with-peers [p (spawn-process open {:authority [(net-listen 0)]})]
      (println (call p "127.0.0.1:0"))
      (println (call p (str "127.0.0.2:" pa))))))
