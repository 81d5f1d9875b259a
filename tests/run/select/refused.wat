;; What a select finds that is no value is told once, by the clause that waited for it, whatever comes behind it.
(ns refused (:use [wat.process :as process]))

(defn main [] -> nil
  (with-peers [p (process/spawn-edn "sh" ["-c" "echo 1; printf '}oops'; exec sleep 60"] -> (Peer i64 i64))]
    (println (select (p v (map-err :kind v))))
    (println (select (p v (map-err :kind v)))))
  (with-peers [p (process/spawn-edn "sh" ["-c" "printf '\"'; head -c 5000 /dev/zero | tr '\\0' x; exec sleep 60"]
                                    {:limits {:value 1000}} -> (Peer String String))]
    (println (select (p v (map-err :kind v)) (after (seconds 60) (Ok None))))))
