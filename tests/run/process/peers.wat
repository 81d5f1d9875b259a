;; A command is a peer like any other, whatever it speaks.
(ns peers (:use [wat.process :as process]))

(defstruct Point [x <- i64  y <- i64])
(defenum Shape (Circle [at <- Point  radius <- f64]) Nothing)

(defn doubled "Each line is a JSON object with x and y." [] -> (Peer Point Point)
  (process/spawn-json "python3" ["-u" "-c" "
import sys, json
for line in sys.stdin:
    point = json.loads(line)
    print(json.dumps({k: 2 * v for k, v in point.items()}, indent=2))
"]))

(defn main [] -> nil
  ;; Lines.
  (with-peers [p (process/spawn-lines "sed" ["-u" "s/a/b/"])]
    (println (call p "banana"))
    (println (map-err (fn [c] (tuple (:kind c) (:message c))) (call p "two\nlines")))
    (println (call p ""))
    (close p)
    (println (recv p)))

  ;; JSON, over as many lines as the command likes.
  (with-peers [p (doubled)]
    (println (call p (Point 1 2)))
    (println (call p (Point -3 4) {:timeout (seconds 20)}))
    (println (status p))
    (println (some? (pid p))))

  ;; EDN, as between programs of wat.
  (with-peers [p (process/spawn-edn "cat" [] -> (Peer Shape Shape))]
    (println (call p (Shape/Circle (Point 1 2) 0.5)))
    (println (call p Shape/Nothing)))

  ;; Bytes.
  (with-peers [p (process/spawn-bytes "gzip" ["-n"])]
    (unwrap (send p (wat.string/to-bytes "hello")))
    (close p)
    (println (map (fn [chunk] (map count chunk)) (recv p)))
    (println (map (fn [chunk] (map count chunk)) (recv p))))

  ;; Requests are counted: an answer too late is dropped, and the next call gets its own.
  (with-peers [p (process/spawn-lines "sh" ["-c" "read a; sleep 0.3; echo $a; read b; echo $b"])]
    (println (map-err :kind (call p "slow" {:timeout (millis 20)})))
    (println (call p "fast")))

  ;; Several at once.
  (with-peers [a (process/spawn-lines "sh" ["-c" "sleep 60"])
               b (process/spawn-lines "echo" ["b"])]
    (println (select
               (a line (tuple "a" line))
               (b line (tuple "b" line))
               (after (seconds 30) (tuple "late" (Ok None))))))
  (println (gather [(process/spawn-lines "echo" ["1"]) (process/spawn-lines "echo" ["2"])])))
