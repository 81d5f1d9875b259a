;; The prelude's other half: crashes, stdio, time, and peers of every tier. One definition is one row, as in
;; `wat.core`; the host does the work behind the intrinsics.
;;
;; `panic!`, `assert`, `select`, `with-peers` and `doseq` are forms of the language, not rows.
(ns wat.kernel)

;; ---- what failure looks like

(defstruct Place
  "A place in a source file; lines and columns count from 1.
  Example: (map-err (fn [crash] (map :line (:place crash))) (attempt (fn [] (/ 1 0)))) => #wat.core/Err 1"
  [file <- String  line <- i64  column <- i64])

(defstruct Frame
  "A call that had not returned: the function and where it was.
  Example: (map-err (fn [crash] (map :fn (:trace crash))) (attempt (fn [] (/ 1 0)))) => #wat.core/Err [\"user/main.fn\" \"user/main\"]"
  [fn <- String  file <- String  line <- i64])

(defstruct Usage
  "What a process used: processor time, and its largest memory in bytes.
  Example: (match (wait (spawn-process (fn {:in i64 :out i64} [] (panic! \"done\")))) ((Err crash) (map (fn [usage] (> (:max-rss usage) 0)) (:usage crash))) ((Ok _) None)) => true"
  [cpu <- Duration  max-rss <- i64])

(defstruct Crash
  "Every end that is not clean, and every request that failed. Example: (map-err :kind (attempt (fn [] (/ 1 0)))) => #wat.core/Err :divide-by-zero"
  [kind      <- keyword
   path      <- String
   program   <- String
   message   <- String
   data      <- Edn
   place     <- (Option Place)
   trace     <- (Vector Frame)
   cause     <- (Option Crash)
   signal    <- (Option i64)
   exit      <- (Option i64)
   stderr    <- (Vector String)
   usage     <- (Option Usage)
   in-flight <- i64
   executed  <- (Option keyword)])

(defstruct ReadError
  "Input that is not a value of the expected type: where inside the value, and where in the text.
  Example: (map-err :column (wat.edn/parse \"[1 2 x\" -> Edn)) => #wat.core/Err 7"
  [kind     <- keyword
   at       <- (Vector Edn)
   expected <- String
   found    <- String
   line     <- i64
   column   <- i64])

(defstruct IoError
  "A request that the machine refused: what kind of refusal (`:not-found :permission-denied :exists :refused :timed-out
  :reset :closed :invalid` and so on), the call, what it was made on, and one line for a person.
  Example: (map-err :kind (wat.fs/read-text \"/no/such/file\")) => #wat.core/Err :not-found"
  [kind    <- keyword
   call    <- String
   object  <- String
   message <- String])

(defenum Status
  "What state a peer is in.
  Example: (let [p (spawn-thread (fn {:in i64 :out i64} [] nil))] (do (ignore (wait p)) (status p))) => #wat.kernel.Status/Ended nil"
  Starting Running Stopping Ended)

(defstruct CallOptions
  "How to make a `call`.
  Example: (map-err :kind (call (spawn-thread (fn {:in i64 :out i64} [] (sleep (seconds 9)))) 1 {:timeout (millis 20)})) => #wat.core/Err :timeout"
  [timeout <- (Option Duration)])

(defstruct Limits
  "What a process may use: bytes of heap, processor time (in whole seconds, rounded up), time from spawn to end,
  processes below it at every depth together, open files, bytes of one value. What is left out is not limited.
  Example: (map-err :kind (wait (spawn-process (fn {:in i64 :out i64} [] (loop [n 0] (recur (rem (inc n) 7)))) {:limits {:wall (millis 50)}}))) => #wat.core/Err :limit"
  [heap      <- (Option i64)
   cpu       <- (Option Duration)
   wall      <- (Option Duration)
   processes <- (Option i64)
   files     <- (Option i64)
   value     <- (Option i64)])

(defstruct LogEvent
  "What a node had to say: `:level` is `:debug :info :warn` or `:error`, `:path` the node's place in the tree, `:fields` a
  map of whatever belongs to it. `wat.log` writes them.
  Example: (:level (LogEvent :info (now) \"/\" \"shop\" \"opened\" None (edn {:port 80}))) => :info"
  [level     <- keyword
   time      <- Instant
   path      <- String
   namespace <- String
   message   <- String
   trace     <- (Option String)
   fields    <- Edn])

(defenum LogLine
  "A line of a node's stderr: an event of `wat.log`, or any other text with the path of the node it came from.
  Example: (LogLine/Text \"/0\" \"hello\") => #wat.kernel.LogLine/Text {:path \"/0\" :text \"hello\"}"
  (Logged [event <- LogEvent])
  (Text [path <- String  text <- String]))
(defenum Grant
  "One thing that a process may reach; see `fs-read`, `fs-write`, `net-connect`, `net-listen`, `run` and
  `inherit`.
  Example: (= (Grant/NetListen 80) (net-listen 80)) => true"
  (FsRead [path <- String])
  (FsWrite [path <- String])
  (NetConnect [address <- String])
  (NetListen [port <- i64])
  (Run [command <- String])
  Inherit)

(defn fs-read
  "To read files and list directories, at the path and below it. The path is there when the process starts.
  Example: (fs-read \"/data\") => #wat.kernel.Grant/FsRead {:path \"/data\"}"
  [path <- String] -> Grant
  (Grant/FsRead path))

(defn fs-write
  "To make, change and remove files, at the path and below it; not to read them. The path is there when the process
  starts. Example: (fs-write \"/out\") => #wat.kernel.Grant/FsWrite {:path \"/out\"}"
  [path <- String] -> Grant
  (Grant/FsWrite path))

(defn net-connect
  "To connect to `host:port`, named as the program names it; `*` is any host or any port. `unix:/path` is a socket's.
  Example: (net-connect \"db:5432\") => #wat.kernel.Grant/NetConnect {:address \"db:5432\"}"
  [address <- String] -> Grant
  (Grant/NetConnect address))

(defn net-listen
  "To listen on the TCP port; 0 is one that the system chooses.
  Example: (net-listen 8080) => #wat.kernel.Grant/NetListen {:port 8080}"
  [port <- i64] -> Grant
  (Grant/NetListen port))

(defn run
  "To have an external command started, by the name it is looked up by on the PATH of the root, or, with a slash, by its
  path: `wat.process` starts it then. The command has all that the user may, whatever else its asker was granted:
  `(run \"sh\")` grants everything, and so does any command that can be told to run another.
  Example: (run \"git\") => #wat.kernel.Grant/Run {:command \"git\"}"
  [command <- String] -> Grant
  (Grant/Run command))

(defn inherit
  "All that this process itself may reach, whatever that is. Example: (inherit) => #wat.kernel.Grant/Inherit nil"
  [] -> Grant
  Grant/Inherit)

(defstruct SpawnOptions
  "How to start a process: within which limits; what it may reach beyond its stdio, which is nothing unless told; and
  whether it may start processes, which it may unless told.
  Example: (ok? (wait (spawn-process (fn {:in i64 :out i64} [] nil) {:limits {:files 20}}))) => true"
  [limits    <- (Option Limits)
   authority <- (Option (Vector Grant))
   spawn     <- (Option bool)])

(defn attempt
  "Runs the function in an isolation unit of its own: its value, or the crash that ended it.
  Example: (attempt (fn [] (+ 1 2))) => #wat.core/Ok 3"
  {:intrinsic "attempt"}
  [f <- (Fn [] -> T)] -> (Result T Crash))

(defn panic_plain "`(panic! message)`." {:intrinsic "panic_plain"} [message <- String] -> T)

(defn panic "`(panic! message data)`.
  Example: (map-err :data (attempt (fn [] (panic! \"no stock\" 5)))) => #wat.core/Err 5"
  {:intrinsic "panic" :where [(Wire D)]} [message <- String  data <- D] -> T)

(defn assert_failed "`(assert test)` where the test is false." {:intrinsic "assert_failed"} [test <- String] -> T)

;; ---- values as EDN

(defn edn "The value as EDN. Example: (= (edn 1) (edn 1)) => true"
  {:intrinsic "edn_of" :where [(Wire T)]}
  [v <- T] -> Edn)

(defn from-edn "An EDN value at the type the place expects; `(from-edn e -> T)` names it. Example: (from-edn (edn 1) -> i64) => #wat.core/Ok 1"
  {:intrinsic "from_edn" :where [(Wire T)]}
  [e <- Edn] -> (Result T ReadError))

;; ---- stdio

(defn readln "The next value from stdin; None when the client has closed; a crash on what is not one. Example: (readln -> i64) => nil"
  {:intrinsic "readln" :where [(Wire T)]}
  [] -> (Option T))

(defn try-readln "The next value from stdin, None at its end, or why the input is not one. Example: (try-readln -> i64) => #wat.core/Ok nil"
  {:intrinsic "try_readln" :where [(Wire T)]}
  [] -> (Result (Option T) ReadError))

(defn println "Writes the value to stdout as one line. Example: (println [1 2])"
  {:intrinsic "println" :where [(Wire T)]}
  [v <- T] -> nil)

(defn eprintln "Writes the value to stderr as one line. Example: (eprintln [1 2])"
  {:intrinsic "eprintln" :where [(Wire T)]}
  [v <- T] -> nil)

(defn serve
  "Answers each value read with what the function makes of it, until the client closes. A request whose deadline has
  passed before its turn is answered with `:timeout` and not run.
  Example: (call (spawn-thread (fn {:in i64 :out i64} [] (serve inc))) 1) => #wat.core/Ok 2"
  {:where [(Wire I) (Wire O)]}
  [f <- (Fn [I] -> O)] -> nil
  (match (readln)
    ((Some request)
     (do (if (late?) (refuse) (println (f request)))
         (serve f)))
    (None nil)))

(defn serve-state
  "Like `serve`, with a state: the function gives the next state and the answer.
  Example: (call (spawn-thread (fn {:in i64 :out i64} [] (serve-state 5 (fn [s n] (tuple (+ s n) s))))) 1) => #wat.core/Ok 5"
  {:where [(Wire I) (Wire O)]}
  [state <- S  step <- (Fn [S I] -> (Tuple S O))] -> nil
  (match (readln)
    ((Some request)
     (if (late?)
       (do (refuse) (serve-state state step))
       (let [(tuple next answer) (step state request)]
         (println answer)
         (serve-state next step))))
    (None nil)))

;; ---- the request in hand

(defn late? "Whether the time for the request in hand has passed." {:intrinsic "is_late" :private true}
  [] -> bool)

(defn refuse "Answers that the request came too late to be begun." {:intrinsic "refuse_late" :private true}
  [] -> nil)

(defn deadline
  "Time left for the request in hand, 0 when it has passed; None where nobody has set a deadline. It comes with the request,
  and `with-deadline` brings it nearer. Example: (deadline) => nil"
  {:intrinsic "deadline"}
  [] -> (Option Duration))

(defn trace-id
  "The number of the trace that the request in hand belongs to: 32 hexadecimal digits, as in W3C Trace Context. It comes
  with the request; `wat --trace` gives one to each that has none. Example: (trace-id) => nil"
  {:intrinsic "trace_id"}
  [] -> (Option String))

(defn begin-deadline {:intrinsic "scope_deadline" :private true} [nanos <- i64] -> i64)
(defn end-scope {:intrinsic "scope_end" :private true} [number <- i64] -> nil)

(defn within-deadline
  "What the function gives; requests made meanwhile have at most so long from now, and those they lead to no longer. At the
  deadline, this one or that of the request in hand, `call`, `recv` and `send` on a peer and `send` to a channel that is full
  answer a Crash of kind `:timeout`, requests of `wat.http` fail so; at this one `sleep` returns, and a `select` takes its
  `(cancelled body)`; a `recv` from a channel goes on. `with-deadline` takes a body. Example: (within-deadline (seconds 5) (fn [] (> (unwrap (deadline) \"set\") (seconds 4)))) => true"
  [d <- Duration  f <- (Fn [] -> T)] -> T
  (let [scope (begin-deadline (nanos-of d))
        value (f)]
    (end-scope scope)
    value))

;; ---- the process

(defn args "The arguments after the program's file on the command line. Example: (args) => []"
  {:intrinsic "args"}
  [] -> (Vector String))

(defn stopped? "Whether this node was asked to stop. Example: (stopped?) => false"
  {:intrinsic "stopped"}
  [] -> bool)

(defn cancelled?
  "Whether nobody waits any more for the answer to the request that was read last: its call was out of time, was itself
  given up, or its service was let go. `sleep` then returns early, `call`, `recv` and `send` on a peer and `send` to a channel
  that is full answer a Crash of kind `:cancelled`, so that work passed on is given up too, and a `select` takes its
  `(cancelled body)`; the next request begins anew. Example: (cancelled?) => false"
  {:intrinsic "cancelled"}
  [] -> bool)

(defn own-path "This node's place in the tree. Example: (path) => \"/\""
  {:overload path :intrinsic "own_path"}
  [] -> String)

;; ---- time

(defn now "The time of day. Example: (= (now) (now))"
  {:intrinsic "now"}
  [] -> Instant)

(defn sleep "Waits; returns early when the node is asked to stop, when `cancelled?`, and at the end of `with-deadline`. Example: (sleep (millis 1)) => nil"
  {:intrinsic "sleep"}
  [d <- Duration] -> nil)

(defn nanos "So many nanoseconds. Example: (nanos 1500) => #wat/duration \"0.0000015s\""
  {:intrinsic "same"}
  [n <- i64] -> Duration)

(defn millis "So many milliseconds. Example: (= (millis 1000) (seconds 1)) => true"
  [n <- i64] -> Duration
  (nanos (* n 1000000)))

(defn seconds "So many seconds. Example: (= (seconds 60) (minutes 1)) => true"
  [n <- i64] -> Duration
  (nanos (* n 1000000000)))

(defn minutes "So many minutes. Example: (= (minutes 60) (hours 1)) => true"
  [n <- i64] -> Duration
  (nanos (* n 60000000000)))

(defn hours "So many hours. Example: (= (hours 1) (minutes 60)) => true"
  [n <- i64] -> Duration
  (nanos (* n 3600000000000)))

;; ---- peers

(defn spawn-within "`spawn-process` with each limit a number, negative for none, and each grant a word."
  {:intrinsic "spawn_process" :private true}
  [program <- (Program I O)  heap <- i64  cpu <- i64  wall <- i64  processes <- i64  files <- i64  value <- i64
   grants <- (Vector String)]
  -> (Peer I O))

(defn spawn-process
  "Starts the program in an operating-system process of its own, within the limits given; crossing one is a crash in
  that process alone. It reaches its stdio and what `:authority` grants, nothing else, and the operating system holds it
  to that; a grant beyond what this process may reach itself is a crash of kind `:denied`. With `:spawn false` it may
  start no processes. A spawn that fails says so at the first use.
  Example: (call (spawn-process (fn {:in i64 :out i64} [] (serve inc))) 1) => #wat.core/Ok 2"
  [program <- (Program I O)  options <- SpawnOptions] -> (Peer I O)
  (let [words (words-of (:authority options) (:spawn options))]
    (match (:limits options)
      (None (spawn-within program -1 -1 -1 -1 -1 -1 words))
      ((Some limits)
       (spawn-within program
                     (limit-of (:heap limits))
                     (limit-of (map-option nanos-of (:cpu limits)))
                     (limit-of (map-option nanos-of (:wall limits)))
                     (limit-of (:processes limits))
                     (limit-of (:files limits))
                     (limit-of (:value limits))
                     words)))))

(defn words-of "Grants as the row takes them."
  {:private true}
  [grants <- (Option (Vector Grant))  spawn <- (Option bool)] -> (Vector String)
  (let [words (match grants
                (None []) ((Some all) (map-vector word-of all)))]
    (match spawn
      ((Some false) (conj words "no-spawn"))
      (_ words))))

(defn word-of "A grant as the row takes it."
  {:private true}
  [grant <- Grant] -> String
  (match grant
    ((Grant/FsRead path) (str "fs-read " path))
    ((Grant/FsWrite path) (str "fs-write " path))
    ((Grant/NetConnect address) (str "net-connect " address))
    ((Grant/NetListen port) (str "net-listen " port))
    ((Grant/Run command) (str "run " command))
    (Grant/Inherit "inherit")))

(defn limit-of "The limit as the row takes it; below 0 is none, so a limit of less than 0 is 0."
  {:private true}
  [limit <- (Option i64)] -> i64
  (match limit (None -1) ((Some n) (max 0 n))))

(defn spawn-thread
  "Starts the program in a thread of this process, with a heap of its own.
  Example: (call (spawn-thread (fn {:in i64 :out i64} [] (serve inc))) 1) => #wat.core/Ok 2"
  {:intrinsic "spawn_thread"}
  [program <- (Program I O)] -> (Peer I O))

(defn send-peer
  "Sends a request; blocks while the peer is not reading.
  Example: (send (spawn-thread (fn {:in i64 :out i64} [] (serve inc))) 1) => #wat.core/Ok nil"
  {:overload send :intrinsic "send"}
  [p <- (Peer I O)  v <- I] -> (Result nil Crash))

(defn send-sender
  "Sends a value; blocks while the channel is full.
  Example: (let [(tuple s r) (channel 1)] (unwrap (send s 5)) (recv r)) => 5"
  {:overload send :intrinsic "sender_send"}
  [s <- (Sender T)  v <- T] -> (Result nil Crash))

(defn recv-peer
  "The next value the peer writes; None when it has ended well. It waits no longer than the deadline, if there is one.
  Example: (let [p (spawn-thread (fn {:in i64 :out i64} [] (println 7)))] (recv p)) => #wat.core/Ok 7"
  {:overload recv :intrinsic "recv"}
  [p <- (Peer I O)] -> (Result (Option O) Crash))

(defn recv-receiver
  "The next value; None when all senders are gone, or this node is asked to stop.
  Example: (let [(tuple s r) (channel 1)] (ignore (send s 5)) (recv r)) => 5"
  {:overload recv :intrinsic "receiver_recv"}
  [r <- (Receiver T)] -> (Option T))

(defn call-within "`call` with a time limit in nanoseconds; below 0 there is none."
  {:intrinsic "call" :private true}
  [p <- (Peer I O)  v <- I  timeout <- i64] -> (Result O Crash))

(defn nanos-of "A duration as nanoseconds."
  {:intrinsic "same" :private true}
  [d <- Duration] -> i64)

(defn call
  "One request and its reply. A reply after the timeout is dropped; where less time is left for the request in hand, that
  is the timeout.
  Example: (call (spawn-thread (fn {:in i64 :out i64} [] (serve inc))) 1 {:timeout (seconds 5)}) => #wat.core/Ok 2"
  [p <- (Peer I O)  v <- I  options <- CallOptions] -> (Result O Crash)
  (match (:timeout options)
    (None     (call-within p v -1))
    ((Some d) (call-within p v (max 0 (nanos-of d))))))

(defn close "No more requests. Example: (close (spawn-thread (fn {:in i64 :out i64} [] (serve inc)))) => nil"
  {:intrinsic "close"}
  [p <- (Peer I O)] -> nil)

(defn wait "Closes, drains and reaps: how the peer ended. Example: (wait (spawn-thread (fn {:in i64 :out i64} [] (serve inc)))) => #wat.core/Ok nil"
  {:intrinsic "wait"}
  [p <- (Peer I O)] -> (Result nil Crash))

(defn stop "Asks the peer's subtree to end, then forces it: how it ended. Example: (stop (spawn-thread (fn {:in i64 :out i64} [] (serve inc)))) => #wat.core/Ok nil"
  {:intrinsic "stop"}
  [p <- (Peer I O)] -> (Result nil Crash))

(defn kill "Ends the peer's subtree at once: how it ended. Example: (map-err :kind (kill (spawn-thread (fn {:in i64 :out i64} [] (serve inc))))) => #wat.core/Err :killed"
  {:intrinsic "kill"}
  [p <- (Peer I O)] -> (Result nil Crash))

(defn sender "The half that sends requests, for another thread. Example: (send (sender (spawn-thread (fn {:in i64 :out i64} [] (serve inc)))) 1) => #wat.core/Ok nil"
  {:intrinsic "peer_sender"}
  [p <- (Peer I O)] -> (Sender I))

(defn receiver "The half that gives what the peer writes. Example: (recv (receiver (spawn-thread (fn {:in i64 :out i64} [] (println 7))))) => 7"
  {:intrinsic "peer_receiver"}
  [p <- (Peer I O)] -> (Receiver O))

(defn logs
  "What the peer and all below it write to their stderr from now on, line by line, instead of passing it on. Lines that
  nobody takes are dropped, the oldest first. A thread writes to its process's stderr, so its stream is empty.
  Example: (let [p (spawn-process (fn {:in i64 :out i64} [] (serve (fn [n] (do (eprintln n) n))))) lines (logs p)] (ignore (call p 7)) (recv lines)) => #wat.kernel.LogLine/Text {:path \"/0\" :text \"7\"}"
  {:intrinsic "peer_logs"}
  [p <- (Peer I O)] -> (Receiver LogLine))

(defn peer-path
  "The peer's place in the tree. Example: (path (spawn-thread (fn {:in i64 :out i64} [] (serve inc)))) => \"/0\""
  {:overload path :intrinsic "peer_path"}
  [p <- (Peer I O)] -> String)

(defn pid "The operating system's number of the peer's process; None for a thread. Example: (pid (spawn-thread (fn {:in i64 :out i64} [] (serve inc)))) => nil"
  {:intrinsic "peer_pid"}
  [p <- (Peer I O)] -> (Option i64))

(defn status "The peer's state. Example: (let [p (spawn-thread (fn {:in i64 :out i64} [] (serve inc)))] (ignore (wait p)) (status p)) => #wat.kernel.Status/Ended nil"
  {:intrinsic "peer_status"}
  [p <- (Peer I O)] -> Status)

(defn channel "A bounded channel of n values within the process. Example: (let [(tuple s r) (channel 1)] (ignore (send s :a)) (recv r)) => :a"
  {:intrinsic "channel" :where [(Wire T)]}
  [n <- i64] -> (Tuple (Sender T) (Receiver T)))

;; ---- several peers

(defn ready-peer "The index of a peer that has something to give."
  {:intrinsic "select_any" :private true}
  [peers <- (Vector (Peer I O))] -> i64)

(defn select-any
  "Waits until one of the peers has something to give: its index and what `recv` gives.
  Example: (select-any [(spawn-thread (fn {:in i64 :out i64} [] (println 7)))]) => [0 #wat.core/Ok 7]"
  [peers <- (Vector (Peer I O))] -> (Tuple i64 (Result (Option O) Crash))
  (let [i (ready-peer peers)]
    (tuple i (recv-peer (nth peers i)))))

(defn scatter
  "Sends the value to each peer.
  Example: (scatter [(spawn-thread (fn {:in i64 :out i64} [] (serve inc)))] 1) => [#wat.core/Ok nil]"
  [peers <- (Vector (Peer I O))  v <- I] -> (Vector (Result nil Crash))
  (map-vector (fn [p] (send-peer p v)) peers))

(defn gather
  "Receives one value from each peer.
  Example: (gather [(spawn-thread (fn {:in i64 :out i64} [] (println 7)))]) => [#wat.core/Ok 7]"
  [peers <- (Vector (Peer I O))] -> (Vector (Result (Option O) Crash))
  (map-vector (fn [p] (recv-peer p)) peers))

;; ---- one program many times

(defstruct (Pool I O)
  "Processes of one program that share work; see `pool`. Example: (count (:peers (pool 2 (fn {:in i64 :out i64} [] (serve inc))))) => 2"
  [peers <- (Vector (Peer I O))])

(defn pool
  "So many processes of the program, which answers each value it reads with one; each is started as `spawn-process` does
  with the options.
  Example: (pool-map (pool 2 (fn {:in i64 :out i64} [] (serve inc))) [1 2 3]) => [#wat.core/Ok 2 #wat.core/Ok 3 #wat.core/Ok 4]"
  [n <- i64  program <- (Program I O)  options <- SpawnOptions] -> (Pool I O)
  (if (> n 0)
    (Pool (map-vector (fn [_] (spawn-process program options)) (vec (range n))))
    (panic! (str "a pool has at least one process, not " n))))

(defn pool-map
  "What the pool's program answers to each value, in the order of the values; each process takes the next value when
  it has answered. One that crashes answers its value with the Crash, and the others go on.
  Example: (pool-map (pool 2 (fn {:in i64 :out i64} [] (serve (fn [n] (/ 6 n))))) [1 2]) => [#wat.core/Ok 6 #wat.core/Ok 3]"
  [pool <- (Pool I O)  xs <- (Vector I)] -> (Vector (Result O Crash))
  (let [peers (:peers pool)]
    (loop [next 0
           busy []                                ; of each process at work: its place, and that of its value
           idle (vec (range (count peers)))
           done {}]
      (cond
        (and (< next (count xs)) (not (empty? idle)))
        (let [p    (nth idle (- (count idle) 1))
              idle (subvec idle 0 (- (count idle) 1))]
          (match (send-peer (nth peers p) (nth xs next))
            ((Ok _)  (recur (+ next 1) (conj busy (tuple p next)) idle done))
            ((Err _) (recur next busy idle done))))

        (not (empty? busy))
        (let [(tuple at answer) (select-any (map (fn [(tuple p _)] (nth peers p)) busy))
              (tuple p item)    (nth busy at)
              busy (concat (subvec busy 0 at) (subvec busy (+ at 1) (count busy)))]
          (match answer
            ((Ok (Some v)) (recur next busy (conj idle p) (assoc done item (Ok v))))
            ((Ok None)     (recur next busy idle done))
            ((Err crash)   (recur next busy idle (assoc done item (Err crash))))))

        ;; What nobody answered, an ended process says why.
        :else
        (map-indexed (fn [i x] (unwrap-or (get done i) (call-within (nth peers (mod i (count peers))) x -1))) xs)))))
