;; run: --in lines --out lines FILE
;;
;; A log tailer: follows a file as it grows, also when it is emptied and begun again, and tells lines by their level.
;;
;; The tailer is a process that looks, tells what is new, and rests; it ends when it is stopped. It may read the
;; directory of the log, nothing else. `main` is the one who logs: each line of its input goes to the file (`rotate`
;; empties it), and what the tailer makes of it is printed.
(ns tailer (:use [wat.fs :as fs] [wat.path :as path] [wat.string :as string]))

(defenum Entry
  (Info    [text <- String])
  (Warning [text <- String])
  (Failure [text <- String  after <- Duration]))

(defn tail "Follows the file from its start." [path <- String] -> (Peer nil Entry)
  (spawn-process (fn {:in nil :out Entry} []
                   (follow path (unwrap (fs/open path) "the log does not open")))
                 {:authority [(fs-read (unwrap-or (path/parent path) "."))]}))

(defn follow [path <- String  file <- fs/File] -> nil
  (match (fs/read-line file)
    ((Ok (Some line))  (do (println (entry line)) (follow path file)))
    ((Ok None)         (cond
                         (stopped?) nil
                         (begun-again? path file) (follow path (unwrap (fs/open path) "the log has gone"))
                         :else (do (sleep (millis 2)) (follow path file))))
    ((Err e)           (panic! "the log cannot be read" e))))

(defn begun-again? "Whether the file is shorter than what was read of it." [path <- String  file <- fs/File] -> bool
  (match (tuple (fs/info path) (fs/position file))
    ((tuple (Ok info) (Ok position)) (< (:size info) position))
    (_                               false)))

(defn entry "`ERROR 250 text` says how many milliseconds it took to fail." [line <- String] -> Entry
  (match (string/split " " line)
    (["ERROR" took & words] :when (some? (parse-i64 took))
     (Entry/Failure (string/join " " words) (millis (unwrap (parse-i64 took)))))
    (["WARN" & words] (Entry/Warning (string/join " " words)))
    (_                (Entry/Info line))))

(defn main [] -> nil
  (unwrap (fs/with-temp-dir (fn [dir]
            (let [path (str dir "/service.log")]
              (unwrap (fs/write-text path "") "no log")
              (with-peers [p (tail path)] (log-all path p)))))
          "no directory"))

(defn log-all [path <- String  p <- (Peer nil Entry)] -> nil
  (match (readln -> String)
    ((Some "rotate") (do (unwrap (fs/write-text path "")) (log-all path p)))
    ((Some line)
     (do (unwrap (fs/append-text path (str line "\n")))
         (println (describe (unwrap (unwrap (recv p) "the tailer crashed") "the tailer ended")))
         (log-all path p)))
    (None nil)))

(defn describe [e <- Entry] -> String
  (match e
    ((Entry/Info text)          (str "        " text))
    ((Entry/Warning text)       (str "warning " text))
    ((Entry/Failure text after) (str "FAILURE " text " after " after))))
