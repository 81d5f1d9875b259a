;; A grant lets a process have that command started, and no other; the command itself has all that the user may.
(ns user (:use [wat.process :as process] [wat.fs :as fs]))

(defn said [command <- String  args <- (Vector String)  options <- (process/RunOptions String)] -> String
  (match (process/run command args options)
    ((Ok out) (wat.string/trim (:stdout out)))
    ((Err c)  (str (:kind c) " " (:message c)))))

(defn reach {:in String :out (Vector String)} [] -> nil
  (serve (fn [path]
    [(said "cat" [] {:input "granted"})
     (said "head" [] {:input "not granted"})
     (said "/bin/cat" [] {:input "another name"})
     (said path [] {})
     ;; What it reads is not within what its asker may.
     (said "cat" [(str path ".txt")] {})
     ;; Its name is looked up by whoever starts it.
     (said "cat" [] {:input "another path" :env {"PATH" (unwrap-or (wat.path/parent path) "/")}})
     (said "cat" [] {:env {"LD_PRELOAD" "/proc/self/fd/0"}})
     (said "cat" [] {:directory "/no/such/directory"})
     (said "no-such" [] {})])))

(defn main [] -> nil
  (unwrap (fs/with-temp-dir (fn [dir]
    (let [tool (str dir "/tool")]
      (unwrap (fs/write-text tool "#!/bin/sh\necho a tool\n"))
      (unwrap (fs/set-mode 448 tool))
      (unwrap (fs/write-text (str tool ".txt") "text"))
      (unwrap (fs/write-text (str dir "/cat") "#!/bin/sh\necho not cat\n"))
      (unwrap (fs/set-mode 448 (str dir "/cat")))
      (doseq [line (unwrap (call (spawn-process reach {:authority [(run "cat") (run "no-such") (run tool)]}) tool))]
        (println line))
      ;; It needs no processes of its own for that.
      (println (map first (call (spawn-process reach {:authority [(run "cat")] :spawn false}) tool))))))))
