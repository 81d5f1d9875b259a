;; Commands from outside wat. `spawn-…` makes one a peer like any other: `send recv call close wait stop kill select
;; status pid path` mean what they mean for a program of wat, and it obeys the same bounds. `run` takes one to its end.
;;
;; A command has a session and a process group of its own, three pipes and no other descriptor, the default signals, and
;; umask 077. To stop it is to close its stdin and send SIGTERM to its group; at the deadline the group is killed. When
;; the command ends, what it has started ends with it. Its stderr goes where any peer's goes. An exit code other than 0
;; is a crash of kind `:exited`; one that cannot be started is `:spawn-failed` at its first use, with the step and the
;; reason in its data.
;;
;; A name with a slash is a path, from the root's directory if it is relative; any other name is looked for in the
;; absolute directories of PATH.
;;
;; A process with grants has the commands that a `(run …)` names, and starts none itself: an ancestor that has the user's
;; authority does, looks the name up by its own PATH, and ends the command when its asker ends. The command is not held to
;; its asker's grants: it has all that the user may. Its arguments and environment are 128 KiB at most, and its
;; environment has no variable that would make the system load other code for it, as LD_PRELOAD.
(ns wat.process)

(defstruct CommandLimits
  "What a command may use: bytes of memory of its own, processor time (in whole seconds, rounded up), time from spawn to
  end, open files (1024 where it is left out), bytes of one value that it writes. Memory, processor time and files are
  limits of each of its processes.
  Example: (map :stdout (wat.process/run \"sh\" [\"-c\" \"ulimit -n\"] {:limits {:files 20}})) => #wat.core/Ok \"20\\n\""
  [memory <- (Option i64)
   cpu    <- (Option Duration)
   wall   <- (Option Duration)
   files  <- (Option i64)
   value  <- (Option i64)])

(defstruct Options
  "How to start a command: all of its environment (this node's own where it is left out; `(assoc (wat.env/all) \"LANG\"
  \"C\")` is that with one variable changed), its directory (the root's where it is left out), what it may use.
  Example: (map-err :kind (recv (wat.process/spawn-lines \"true\" [] {:directory \"/nowhere\"}))) => #wat.core/Err :spawn-failed"
  [env       <- (Option (Map String String))
   directory <- (Option String)
   limits    <- (Option CommandLimits)])

(defstruct (RunOptions T)
  "How to run a command: as Options, what it reads (nothing where it is left out), the time it has, and the most bytes of
  its output and of its stderr (64 MiB each).
  Example: (map :stdout (wat.process/run \"cat\" [] {:input \"abc\"})) => #wat.core/Ok \"abc\""
  [input     <- (Option T)
   env       <- (Option (Map String String))
   directory <- (Option String)
   limits    <- (Option CommandLimits)
   timeout   <- (Option Duration)
   limit     <- (Option i64)])

(defstruct (Output T)
  "What a command left: its exit code, all it wrote, and all it wrote to stderr.
  Example: (map :exit (wat.process/run \"sh\" [\"-c\" \"exit 3\"])) => #wat.core/Ok 3"
  [exit <- i64  stdout <- T  stderr <- String])

;; ---- peers

(defn start
  "A peer of the codec."
  {:intrinsic "process_spawn" :private true}
  [command <- String  args <- (Vector String)  env <- (Vector String)  directory <- String  codec <- i64
   numbers <- (Vector i64)] -> (Peer I O))

(defn spawn-edn
  "A command that reads and writes EDN, each value at its type as between programs of wat.
  Example: (call (wat.process/spawn-edn \"cat\" [] -> (Peer i64 i64)) 7) => #wat.core/Ok 7"
  {:where [(Wire I) (Wire O)]}
  [command <- String  args <- (Vector String)  options <- Options] -> (Peer I O)
  (start command args (words (:env options)) (unwrap-or (:directory options) "") 0 (numbers options)))

(defn spawn-json
  "A command that reads and writes JSON, one value after another, each at its type as `wat.json` has it.
  Example: (call (wat.process/spawn-json \"cat\" [] -> (Peer (Vector i64) Edn)) [1 2]) => #wat.core/Ok [1 2]"
  {:where [(Wire I) (Wire O)]}
  [command <- String  args <- (Vector String)  options <- Options] -> (Peer I O)
  (start command args (words (:env options)) (unwrap-or (:directory options) "") 1 (numbers options)))

(defn spawn-lines
  "A command that reads and writes lines of text.
  Example: (call (wat.process/spawn-lines \"cat\" []) \"hello\") => #wat.core/Ok \"hello\""
  [command <- String  args <- (Vector String)  options <- Options] -> (Peer String String)
  (start command args (words (:env options)) (unwrap-or (:directory options) "") 2 (numbers options)))

(defn spawn-bytes
  "A command that reads and writes bytes; what comes at once is one value, of 64 KiB at most.
  Example: (count (unwrap (call (wat.process/spawn-bytes \"cat\" []) (wat.string/to-bytes \"abc\")))) => 3"
  [command <- String  args <- (Vector String)  options <- Options] -> (Peer Bytes Bytes)
  (start command args (words (:env options)) (unwrap-or (:directory options) "") 3 (numbers options)))

;; ---- one command to its end

(defn run-text
  "`run` with its options as the row takes them."
  {:intrinsic "process_run" :private true}
  [command <- String  args <- (Vector String)  env <- (Vector String)  directory <- String  input <- String
   numbers <- (Vector i64)  text <- bool] -> (Result (Output String) Crash))

(defn run-raw
  "`run-bytes` with its options as the row takes them."
  {:intrinsic "process_run" :private true}
  [command <- String  args <- (Vector String)  env <- (Vector String)  directory <- String  input <- Bytes
   numbers <- (Vector i64)  text <- bool] -> (Result (Output Bytes) Crash))

(defn run
  "Runs a command to its end. Whatever its exit code, that is an Ok; a Crash says that it could not be started, was ended
  by a signal or a limit, wrote more than the limit (`:limit`), took longer than its time (`:timeout`), or wrote what is
  not UTF-8 (`:malformed-output`).
  Example: (map :stdout (wat.process/run \"tr\" [\"a-z\" \"A-Z\"] {:input \"abc\"})) => #wat.core/Ok \"ABC\""
  [command <- String  args <- (Vector String)  options <- (RunOptions String)] -> (Result (Output String) Crash)
  (run-text command args (words (:env options)) (unwrap-or (:directory options) "") (unwrap-or (:input options) "")
            (numbers-of (:env options) (:limits options) (:limit options) (:timeout options)) true))

(defn run-bytes
  "`run` with input and output as Bytes.
  Example: (map (fn [out] (count (:stdout out))) (wat.process/run-bytes \"head\" [\"-c\" \"3\" \"/dev/zero\"])) => #wat.core/Ok 3"
  [command <- String  args <- (Vector String)  options <- (RunOptions Bytes)] -> (Result (Output Bytes) Crash)
  (run-raw command args (words (:env options)) (unwrap-or (:directory options) "")
           (unwrap-or (:input options) (wat.string/to-bytes ""))
           (numbers-of (:env options) (:limits options) (:limit options) (:timeout options)) false))

(defn which
  "The file that a command's name means, if there is one that can be executed.
  Example: (some? (wat.process/which \"sh\")) => true"
  {:intrinsic "process_which"}
  [command <- String] -> (Option String))

;; ---- options as the rows take them

(defn words
  "Names and values in turn." {:private true}
  [env <- (Option (Map String String))] -> (Vector String)
  (match env
    (None       [])
    ((Some env) (reduce (fn [words (tuple name value)] (conj (conj words name) value)) [] (vec env)))))

(defn numbers
  "The numbers of a peer." {:private true}
  [options <- Options] -> (Vector i64)
  (numbers-of (:env options) (:limits options) None None))

(defn numbers-of
  "Below 0 is none; a limit below 0 is 0." {:private true}
  [env <- (Option (Map String String))  limits <- (Option CommandLimits)  limit <- (Option i64)
   timeout <- (Option Duration)] -> (Vector i64)
  (let [limits (unwrap-or limits (CommandLimits None None None None None))]
    [(bound (:memory limits))
     (bound (map nanos-of (:cpu limits)))
     (bound (map nanos-of (:wall limits)))
     (bound (:files limits))
     (bound (:value limits))
     (if (some? env) 1 -1)
     (max 0 (unwrap-or limit 67108864))
     (bound (map nanos-of timeout))]))

(defn bound
  "The number as the row takes it." {:private true}
  [n <- (Option i64)] -> i64
  (match n (None -1) ((Some n) (max 0 n))))

(defn nanos-of
  "A duration as nanoseconds." {:intrinsic "same" :private true}
  [d <- Duration] -> i64)
