;; For each address and what to do there: how it ends, by the kind of the error (crates/wat/tests/sockets.rs).
(ns user (:use [wat.net :as net] [wat.string :as string]))

(defn lines [s <- net/Stream] -> (Result i64 IoError)
  (loop [n 0]
    (match (try (net/read-line s {:timeout (millis 700) :limit 1000}))
      (None     (Ok n))
      ((Some _) (recur (+ n 1))))))

(defn values [s <- net/Stream] -> (Result i64 IoError)
  (loop [sum 0]
    (match (try (net/read-edn s {:timeout (millis 700) :limit 1000}))
      (None     (Ok sum))
      ((Some n) (recur (+ sum n))))))

(defn bytes [s <- net/Stream] -> (Result i64 IoError)
  (Ok (match (try (net/read-exactly s 100000 {:timeout (millis 700)}))
        (None     0)
        ((Some b) (count b)))))

(defn flood [s <- net/Stream] -> (Result i64 IoError)
  (let [piece (string/to-bytes (string/times 100000 "x"))]
    (loop [n 0]
      (if (= n 10000)
        (Ok n)
        (do (try (net/write s piece {:timeout (millis 700)})) (recur (+ n 1)))))))

(defn visit [to <- String  what <- keyword] -> (Result i64 IoError)
  (let [s (try (net/connect to {:timeout (seconds 5)}))]
    (case what
      :lines  (lines s)
      :values (values s)
      :bytes  (bytes s)
      (flood s))))

(defn main {:in (Tuple String keyword) :out (Result i64 keyword)} [] -> nil
  (serve (fn [ask] (let [(tuple to what) ask] (map-err :kind (visit to what))))))
