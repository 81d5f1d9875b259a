;; How a command ends, and what a parent is told of it.
(ns ends (:use [wat.process :as process]))

(defn sh [script <- String] -> (Peer String String)
  (process/spawn-lines "sh" ["-c" script]))

(defn show [result <- (Result T Crash)] -> (Result T (Tuple keyword String (Option i64) (Option i64)))
  (map-err (fn [c] (tuple (:kind c) (:message c) (:exit c) (:signal c))) result))

(defn main [] -> nil
  ;; By itself.
  (println (show (wait (sh "exit 0"))))
  (println (show (wait (sh "echo no such thing >&2; exit 3"))))
  (println (show (wait (sh "kill -9 $$"))))
  (println (show (recv (sh "exit 7"))))
  (let [p (sh "exit 0")]
    (println (show (recv p)))
    (println (show (call p "too late"))))

  ;; Stopped: its stdin is closed and it is told to end; either is enough.
  (println (show (stop (sh "sleep 1000"))))
  (println (show (stop (sh "trap '' TERM; cat > /dev/null"))))
  (let [p (sh "exec 2>/dev/null; trap 'exit 5' TERM; echo ready; while :; do sleep 0.01; done")]
    (println (show (recv p)))
    (println (show (stop p))))
  (println (show (kill (sh "sleep 1000"))))

  ;; What closes its output and goes on is not waited for.
  (let [p (sh "exec >&-; sleep 1000")]
    (println (show (recv p)))
    (println (show (stop p))))

  ;; What reads nothing takes what its pipe holds.
  (let [p (sh "sleep 1000")]
    (println (show (send p "unread")))
    (println (show (call p "unread" {:timeout (millis 20)})))
    (println (show (kill p))))

  ;; Output that is not what was agreed.
  (println (show (recv (process/spawn-lines "printf" ["fine\\n\\377\\n"]))))
  (let [p (process/spawn-lines "printf" ["fine\\n\\377\\n"])]
    (println (show (recv p)))
    (println (show (recv p))))
  (println (show (recv (process/spawn-json "echo" ["{\"x\": 1, \"y\": }"] -> (Peer nil Edn)))))
  (println (show (recv (process/spawn-json "printf" ["1\\n\\n \\\"one\\\"\\n"] -> (Peer nil i64)))))
  (let [p (process/spawn-json "printf" ["1\\n\\n \\\"one\\\"\\n"] -> (Peer nil i64))]
    (println (show (recv p)))
    (println (show (recv p))))
  (println (show (recv (process/spawn-json "echo" ["[1, 2"] -> (Peer nil Edn)))))
  (let [p (process/spawn-edn "printf" ["1\\n{:a\\n :b :c}\\n"] -> (Peer nil i64))]
    (println (show (recv p)))
    (println (show (recv p))))
  (println (show (recv (process/spawn-edn "echo" [")"] -> (Peer nil Edn)))))
  (println (show (recv (process/spawn-lines "head" ["-c" "100" "/dev/zero"] {:limits {:value 10}})))))
