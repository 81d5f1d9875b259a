;; A command run to its end: what it wrote, how it ended, and what it was given.
(ns run (:use [wat.process :as process]))

(defn shell [script <- String] -> (Result (process/Output String) Crash)
  (process/run "sh" ["-c" script]))

(defn million [text <- String] -> String
  (wat.string/join "" (vec (repeat 1000000 text))))

(defn show "The kind and the message of a crash." [result <- (Result T Crash)] -> (Result T (Tuple keyword String))
  (map-err (fn [c] (tuple (:kind c) (:message c))) result))

(defn main [] -> nil
  (println (shell "echo out; echo err >&2; exit 3"))
  (println (process/run "tr" ["a-z" "A-Z"] {:input "abc\n"}))

  ;; It need not read what it is given, nor write anything.
  (println (map :exit (process/run "true" [] {:input (million "x")})))

  ;; More than any pipe holds, in all three at once.
  (println (map (fn [out] (tuple (count (:stdout out)) (count (:stderr out))))
                (process/run "sh" ["-c" "tee /dev/stderr"] {:input (million "y")})))

  ;; Its environment, its directory, its umask and its open files.
  (println (map :stdout (process/run "env" [] {:env {"GREETING" "hello"}})))
  (println (map :stdout (process/run "env" [] {:env {}})))
  (println (map :stdout (process/run "pwd" [] {:directory "/"})))
  (println (map :stdout (shell "umask; ls /proc/self/fd | wc -l")))

  ;; Bounds.
  (println (show (process/run "sleep" ["60"] {:timeout (millis 50)})))
  (println (show (process/run "cat" ["/dev/zero"] {:limit 1000})))
  (println (show (process/run "sh" ["-c" "cat /dev/zero >&2"] {:limit 1000})))
  (println (map :stdout (process/run "sh" ["-c" "ulimit -n"] {:limits {:files 32}})))
  (println (map-err :kind (process/run "sh" ["-c" "while :; do :; done"] {:limits {:cpu (seconds 1)}})))
  (println (map-err :kind (process/run "sleep" ["60"] {:limits {:wall (millis 50)}})))

  ;; Ends without an exit code.
  (println (map-err (fn [c] (tuple (:kind c) (:signal c) (:program c))) (shell "kill -15 $$")))
  (println (show (shell "printf 'fine\\nnot \\377'")))
  (println (map (fn [out] (count (:stdout out))) (process/run-bytes "printf" ["not \\377"]))))
