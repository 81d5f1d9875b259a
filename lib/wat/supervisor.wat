;; Supervision: programs that are started again when they end, each behind a service that survives its restarts.
;;
;; A supervisor is a thread that waits for the ends of its children and decides; every decision is here. `service` gives
;; a peer that leads to whoever answers at the time: requests wait in one bounded queue, each is passed on once at the
;; most, and each has exactly one answer, its reply or a Crash. When more children end than the budget allows, the
;; supervisor stops the others, last first, and crashes with the last child's Crash as its cause.
(ns wat.supervisor)

(defstruct SupervisorOptions
  "How a supervisor decides: `:strategy` is `:one-for-one` (the default), `:one-for-all` or `:rest-for-one`; more than
  `:restarts` (3) within `:within` (5 s) are too many; the first restart waits about `:backoff` (10 ms), each further one
  in that time twice as long, up to `:slowest` (1 s), less up to a half by chance."
  [strategy <- (Option keyword)
   restarts <- (Option i64)
   within   <- (Option Duration)
   backoff  <- (Option Duration)
   slowest  <- (Option Duration)])

(defstruct ChildOptions
  "How a child is kept: `:restart` is `:permanent` (always started again, the default), `:transient` (after a crash) or
  `:temporary` (never); `:tier` is `:process` (the default) or `:thread`; `:spawn` is what `spawn-process` takes; `:grace` is
  the time to stop in (5 s); `:queue` is how many requests may wait (64); `:name` tells it from others of its program."
  [name    <- (Option String)
   restart <- (Option keyword)
   tier    <- (Option keyword)
   spawn   <- (Option SpawnOptions)
   grace   <- (Option Duration)
   queue   <- (Option i64)])

(defstruct ServiceOptions
  "Which child of a program, where there are several, and what a request does while the child is down: `:wait` (the
  default) in the queue, or `:fail` at once."
  [name      <- (Option String)
   when-down <- (Option keyword)])

(defstruct ChildStatus
  "A child as `children` tells it: `:up`, `:waiting` for its restart, or `:ended`; and how often it was started again."
  [name <- String  state <- keyword  path <- String  pid <- (Option i64)  restarts <- i64])

;; ---- what an owner says to its supervisor

(defstruct Spec "How a child is kept, as its supervisor has it: the number of its service, its name and options."
  {:private true}
  [number <- i64  name <- String  restart <- keyword  tier <- keyword  spawn <- SpawnOptions  grace <- Duration])

(defenum Plan "A program, or a supervisor of others." {:private true}
  (Worker [spec <- Spec])
  (Group [spec <- Spec  rules <- Rules  members <- (Vector Plan)]))

(defstruct Rules "A supervisor's options, all given." {:private true}
  [strategy <- keyword  restarts <- i64  within <- i64  backoff <- i64  slowest <- i64])

(defenum Command "What a supervisor is told." {:private true}
  (Start [plan <- Plan])
  (Stop [name <- String])
  Children
  Shutdown)

(defenum Answer "What it answers; each command is answered once." {:private true}
  Done
  Unknown
  (Listing [children <- (Vector ChildStatus)]))

;; ---- rows

(defn service-offer "Keeps a program under a name." {:intrinsic "service_offer" :private true}
  [supervisor <- (Peer nil Answer)  program <- (Program Edn Edn)  name <- String  capacity <- i64  process <- i64]
  -> i64)
(defn service-program "The program kept under the number." {:intrinsic "service_program" :private true}
  [number <- i64] -> (Program Edn Edn))
(defn service-attach "The peer answers from now on." {:intrinsic "service_attach" :private true}
  [number <- i64  peer <- (Peer Edn Edn)  restarts <- i64] -> (Receiver nil))
(defn service-halt "Passes nothing more on, and asks the peer to stop." {:intrinsic "service_halt" :private true}
  [peer <- (Peer Edn Edn)  grace <- i64] -> nil)
(defn service-end "Ends a service for good." {:intrinsic "service_end" :private true}
  [number <- i64  crash <- String] -> nil)
(defn service-share "Lets a supervisor below have the services of this one." {:intrinsic "service_share" :private true}
  [peer <- (Peer nil Answer)] -> nil)
(defn service-find "A peer that leads to a service." {:intrinsic "service_find" :private true}
  [supervisor <- (Peer nil Answer)
   commands <- (Sender Command)
   program <- (Program I O)
   name <- String
   fail-fast <- i64]
  -> (Peer I O))
(defn program-name "What a program is called." {:intrinsic "program_name" :private true}
  [program <- (Program I O)] -> String)
(defn plain "The program without its contract." {:intrinsic "same" :private true}
  [program <- (Program I O)] -> (Program Edn Edn))
(defn plain-peer "The peer without its contract." {:intrinsic "same" :private true}
  [peer <- (Peer I O)] -> (Peer Edn Edn))
(defn select-begin "Begins a select." {:intrinsic "select_begin" :private true} [] -> nil)
(defn select-exit "Waits for an end." {:intrinsic "select_exit" :private true} [p <- (Peer I O)] -> nil)
(defn select-receiver "Waits for a value." {:intrinsic "select_receiver" :private true} [r <- (Receiver T)] -> nil)
(defn select-after "Waits for so many nanoseconds." {:intrinsic "select_after" :private true} [nanos <- i64] -> nil)
(defn select-stopped "Waits for a stop." {:intrinsic "select_stopped" :private true} [] -> nil)
(defn select-wait "Which came first." {:intrinsic "select_wait" :private true} [] -> i64)
(defn nanos-of "A duration in nanoseconds." {:intrinsic "same" :private true} [d <- Duration] -> i64)
(defn clock "Nanoseconds on a clock that only goes forward." {:intrinsic "ticks" :private true} [] -> i64)

;; ---- the owner's side

(defenum Child
  "A program and how it is kept, its contract hidden; or a supervisor of such. Made by `child` and `group`."
  (One [program <- (Program Edn Edn)  name <- String  options <- ChildOptions])
  (Many [rules <- Rules  children <- (Vector Child)  options <- ChildOptions]))

(defstruct Supervisor
  "A supervisor at work; see `supervise`. It ends with the last handle on it or on a service of it."
  [peer <- (Peer nil Answer)  commands <- (Sender Command)])

(defn child
  "A program to be kept. Example: (wat.supervisor/child (fn {:in i64 :out i64} [] (serve inc)) {:restart :transient})"
  [program <- (Program I O)  options <- ChildOptions] -> Child
  (one-of "`:restart`" [:permanent :transient :temporary] (:restart options))
  (one-of "`:tier`" [:process :thread] (:tier options))
  (let [name (match (:name options) ((Some name) name) (None (program-name program)))]
    (Child/One (plain program) name options)))

(defn group
  "A supervisor as a child of another: when its own budget is spent it is a child that crashed. Its children's services are
  found by the outermost.
  Example: (wat.supervisor/group {:name \"math\"} {:strategy :one-for-all} (wat.supervisor/child (fn {:in i64 :out i64} [] (serve inc))))"
  [options <- ChildOptions  supervision <- SupervisorOptions  & children <- Child] -> Child
  (one-of "`:restart`" [:permanent :transient :temporary] (:restart options))
  (Child/Many (rules-of supervision) children options))

(defn one-of "A crash where the keyword is none of these." {:private true}
  [what <- String  known <- (Vector keyword)  given <- (Option keyword)] -> nil
  (match given
    (None nil)
    ((Some word)
     (if (some? (find (fn [k] (= k word)) known))
       nil
       (panic! (str what " is one of " known ", not " word))))))

(defn rules-of "The options with what was left out." {:private true}
  [o <- SupervisorOptions] -> Rules
  (one-of "`:strategy`" [:one-for-one :one-for-all :rest-for-one] (:strategy o))
  (Rules (unwrap-or (:strategy o) :one-for-one)
         (unwrap-or (:restarts o) 3)
         (nanos-of (unwrap-or (:within o) (seconds 5)))
         (nanos-of (unwrap-or (:backoff o) (millis 10)))
         (nanos-of (unwrap-or (:slowest o) (seconds 1)))))

(defn supervise
  "Starts the children in order, each in a place of its own, and keeps them: whoever ends is started again, alone
  (`:one-for-one`), with all (`:one-for-all`) or with those after it (`:rest-for-one`).
  Example: (wat.supervisor/supervise {:restarts 3} (wat.supervisor/child (fn {:in i64 :out i64} [] (serve inc))))"
  [options <- SupervisorOptions  & children <- Child] -> Supervisor
  (let [rules (rules-of options)
        (tuple commands orders) (channel 16)
        supervisor (Supervisor (spawn-thread (fn {:in nil :out Answer} [] (run rules orders))) commands)]
    (doseq [c children] (unwrap (start-child supervisor c) "the supervisor ended while it started its children"))
    supervisor))

(defn offered "The child as the supervisor is told of it." {:private true}
  [peer <- (Peer nil Answer)  c <- Child] -> Plan
  (match c
    ((Child/One program name options)
     (let [tier   (unwrap-or (:tier options) :process)
           number (service-offer peer program name (unwrap-or (:queue options) 64) (if (= tier :process) 1 0))]
       (Plan/Worker (spec-of number name options))))
    ((Child/Many rules children options)
     (Plan/Group (spec-of -1 (unwrap-or (:name options) "group") options)
                 rules
                 (map (fn [c] (offered peer c)) children)))))

(defn spec-of "The options with what was left out." {:private true}
  [number <- i64  name <- String  o <- ChildOptions] -> Spec
  (Spec number
        name
        (unwrap-or (:restart o) :permanent)
        (unwrap-or (:tier o) :process)
        (unwrap-or (:spawn o) {})
        (unwrap-or (:grace o) (seconds 5))))

(defn ask "One command and its answer." {:private true}
  [s <- Supervisor  command <- Command] -> (Result Answer Crash)
  (match (send (:commands s) command)
    ((Err _) (Err (ended-crash s)))
    ((Ok _)
     (match (recv (:peer s))
       ((Ok (Some answer)) (Ok answer))
       ((Ok None)          (Err (ended-crash s)))
       ((Err crash)        (Err crash))))))

(defn ended-crash "Why a supervisor no longer answers." {:private true}
  [s <- Supervisor] -> Crash
  (match (wait (:peer s))
    ((Err crash) crash)
    ((Ok _)
     (match (attempt (fn [] (panic! "the supervisor has ended")))
       ((Err crash) crash)
       ((Ok crash)  crash)))))

(defn start-child
  "Starts one more child, the last in order; an error is the supervisor's own end.
  Example: (wat.supervisor/start-child (wat.supervisor/supervise {}) (wat.supervisor/child (fn {:in i64 :out i64} [] (serve inc)))) => #wat.core/Ok nil"
  [s <- Supervisor  c <- Child] -> (Result nil Crash)
  (match (ask s (Command/Start (offered (:peer s) c)))
    ((Ok _)      (Ok nil))
    ((Err crash) (Err crash))))

(defn stop-child
  "Stops the child of that name and forgets it; false where there is none. Its service ends, requests that wait with it.
  Example: (wat.supervisor/stop-child (wat.supervisor/supervise {}) \"nobody\") => #wat.core/Ok false"
  [s <- Supervisor  name <- String] -> (Result bool Crash)
  (match (ask s (Command/Stop name))
    ((Ok Answer/Unknown) (Ok false))
    ((Ok _)              (Ok true))
    ((Err crash)         (Err crash))))

(defn children
  "The children in order. Example: (wat.supervisor/children (wat.supervisor/supervise {})) => #wat.core/Ok []"
  [s <- Supervisor] -> (Result (Vector ChildStatus) Crash)
  (match (ask s Command/Children)
    ((Ok (Answer/Listing all)) (Ok all))
    ((Ok _)                    (Ok []))
    ((Err crash)               (Err crash))))

(defn shutdown
  "Stops the children, last first, each within its grace; then how the supervisor ended.
  Example: (wat.supervisor/shutdown (wat.supervisor/supervise {})) => #wat.core/Ok nil"
  [s <- Supervisor] -> (Result nil Crash)
  (match (ask s Command/Shutdown)
    ((Ok _)      (wait (:peer s)))
    ((Err crash) (Err crash))))

(defn outcome
  "Waits until the supervisor ends by itself: the Crash with which it escalates, whose cause is the last child's.
  Example: (map-err :message (wat.supervisor/outcome (wat.supervisor/supervise {:restarts 0} (wat.supervisor/child (fn {:in i64 :out i64} [] (panic! \"no\")) {:name \"nay\" :tier :thread})))) => #wat.core/Err \"the restart budget of 0 within 5s is spent: nay\""
  [s <- Supervisor] -> (Result nil Crash)
  ;; The commands are held until the end: a supervisor to whom nobody can speak any more ends.
  (let [commands (:commands s)
        end      (wait (:peer s))]
    (ignore (send commands Command/Children))
    end))

(defn service
  "A peer that leads to the child of this program, whichever of its lives it is in; `{:name …}` tells several apart. It is
  used as any other, but that its end is the end of the service: `stop` and `kill` only close it.
  Example: (fn [s] (call (wat.supervisor/service s (fn {:in i64 :out i64} [] (serve inc))) 21))"
  [s <- Supervisor  program <- (Program I O)  options <- ServiceOptions] -> (Peer I O)
  (one-of "`:when-down`" [:wait :fail] (:when-down options))
  (service-find (:peer s) (:commands s) program (unwrap-or (:name options) "")
                (if (= (:when-down options) (Some :fail)) 1 0)))

;; ---- the supervisor's thread

(defenum Phase "Where a child is in its life." {:private true}
  (Up [peer <- (Peer Edn Edn)  done <- (Receiver nil)])
  (Leading [peer <- (Peer nil Answer)  commands <- (Sender Command)])   ; a supervisor below
  (Waiting [until <- i64])
  Ended)

(defstruct Kept "A child in its supervisor's hands." {:private true}
  [plan <- Plan  phase <- Phase  restarts <- i64])

(defstruct State "What a supervisor knows: its children in order, and when it last started one again." {:private true}
  [rules <- Rules  kept <- (Vector Kept)  times <- (Vector i64)  random <- wat.random/Random])

(defenum Event "What a supervisor waits for." {:private true}
  (Gone [child <- i64])
  (Told [command <- Command])
  Due
  Over)

(defn spec-in "A child's options." {:private true} [k <- Kept] -> Spec
  (match (:plan k) ((Plan/Worker spec) spec) ((Plan/Group spec _ _) spec)))

(defn run "A supervisor's life." {:private true}
  [rules <- Rules  orders <- (Receiver Command)] -> nil
  (tend (State rules [] [] (wat.random/fresh)) orders))

(defn tend "From event to event." {:private true}
  [s <- State  orders <- (Receiver Command)] -> nil
  (match (next-event s orders)
    ((Event/Gone i) (tend (gone s i) orders))
    (Event/Due      (tend (start-due s) orders))
    (Event/Over     (end-all s))
    ((Event/Told Command/Shutdown)
     (do (end-all s) (println Answer/Done)))
    ((Event/Told (Command/Start plan))
     (let [next (with s :kept (conj (:kept s) (begin (Kept plan Phase/Ended 0))))]
       (println Answer/Done)
       (tend next orders)))
    ((Event/Told (Command/Stop name))
     (let [next (without s name)]
       (println (if (= (count (:kept next)) (count (:kept s))) Answer/Unknown Answer/Done))
       (tend next orders)))
    ((Event/Told Command/Children)
     (do (println (Answer/Listing (map listed (:kept s))))
         (tend s orders)))))

(defn up? "Whether the child is there." {:private true} [k <- Kept] -> bool
  (match (:phase k) ((Phase/Up _ _) true) ((Phase/Leading _ _) true) (_ false)))

(defn next-event "Waits for the first of all ends, commands, restarts and a stop." {:private true}
  [s <- State  orders <- (Receiver Command)] -> Event
  (let [ups (vec (filter (fn [i] (up? (nth (:kept s) i))) (vec (range (count (:kept s))))))
        due (reduce (fn [best k] (match (:phase k)
                                   ((Phase/Waiting until) (if (or (< best 0) (< until best)) until best))
                                   (_ best)))
                    -1
                    (:kept s))]
    (select-begin)
    (doseq [i ups]
      (match (:phase (nth (:kept s) i))
        ((Phase/Up _ done)        (select-receiver done))
        ((Phase/Leading peer _)   (select-exit peer))
        (_ nil)))
    (select-receiver orders)
    (select-stopped)
    (when (>= due 0) (select-after (max 0 (- due (clock)))))
    (let [n (select-wait)]
      (cond
        (< n (count ups))       (Event/Gone (nth ups n))
        (= n (count ups))       (match (recv orders) ((Some c) (Event/Told c)) (None Event/Over))
        (= n (+ 1 (count ups))) Event/Over
        :else                   Event/Due))))

(defn begin "Starts the child." {:private true}
  [k <- Kept] -> Kept
  (match (:plan k)
    ((Plan/Worker spec)
     (let [program (service-program (:number spec))
           peer    (if (= (:tier spec) :thread) (spawn-thread program) (spawn-process program (:spawn spec)))
           done    (service-attach (:number spec) peer (:restarts k))]
       (with k :phase (Phase/Up peer done))))
    ((Plan/Group spec rules members)
     (let [(tuple commands orders) (channel 16)
           peer (spawn-thread (fn {:in nil :out Answer} [] (run rules orders)))]
       (service-share peer)
       (doseq [m members]
         (ignore (send commands (Command/Start m)))
         (ignore (recv peer)))
       (with k :phase (Phase/Leading peer commands))))))

(defn halt "Stops the child, if it is there, and waits for its end." {:private true}
  [k <- Kept] -> nil
  (let [grace (:grace (spec-in k))]
    (match (:phase k)
      ((Phase/Up peer done)
       (do (service-halt peer (nanos-of grace))
           (select
             (done _ nil)
             (after (+ grace (millis 100)) (ignore (kill peer)))
             (stopped nil))
           (ignore (wait peer))))
      ((Phase/Leading peer commands)
       (do (ignore (send commands Command/Shutdown))
           (ignore (wait peer))))
      (_ nil))))

(defn numbers "The services of a child and of those below it." {:private true}
  [plan <- Plan] -> (Vector i64)
  (match plan
    ((Plan/Worker spec)        [(:number spec)])
    ((Plan/Group _ _ members)  (reduce (fn [all m] (concat all (numbers m))) [] members))))

(defn retire "The child has ended for good." {:private true}
  [k <- Kept  crash <- (Option Crash)] -> Kept
  (doseq [n (numbers (:plan k))]
    (service-end n (match crash ((Some c) (wat.edn/text c)) (None ""))))
  (with k :phase Phase/Ended))

(defn end-all "Stops all children, last first." {:private true}
  [s <- State] -> nil
  (doseq [k (reverse (:kept s))] (halt k)))

(defn how-ended "The Crash of a child that has ended, if it did not end well." {:private true}
  [k <- Kept] -> (Option Crash)
  (let [end (match (:phase k)
              ((Phase/Up peer _)      (wait peer))
              ((Phase/Leading peer _) (wait peer))
              (_                      (Ok nil)))]
    (match end ((Ok _) None) ((Err crash) (Some crash)))))

(defn again? "Whether a child that ended so is started again." {:private true}
  [restart <- keyword  crashed <- bool] -> bool
  (case restart :permanent true :transient crashed false))

(defn affected? "Whether the child at the place j is started again with the one at i." {:private true}
  [strategy <- keyword  i <- i64  j <- i64] -> bool
  (case strategy :one-for-all true :rest-for-one (>= j i) (= i j)))

(defn delay-of "The time before the nth restart in the window, doubled each time, and the half of it by chance."
  {:private true}
  [rules <- Rules  n <- i64  g <- wat.random/Random] -> (Tuple i64 wat.random/Random)
  (let [whole (loop [d (:backoff rules) n n]
                (if (or (<= n 1) (>= d (:slowest rules))) (min d (:slowest rules)) (recur (* d 2) (- n 1))))
        (tuple part next) (wat.random/float g)]
    (tuple (- whole (i64 (* (f64 whole) (* 0.5 part)))) next)))

(defn gone "A child has ended: it is started again, or it is not, or there have been too many." {:private true}
  [s <- State  i <- i64] -> State
  (let [k     (nth (:kept s) i)
        crash (how-ended k)
        rules (:rules s)
        now   (clock)]
    (if (not (again? (:restart (spec-in k)) (some? crash)))
      (with s :kept (assoc (:kept s) i (retire k crash)))
      (let [times (conj (vec (filter (fn [t] (> t (- now (:within rules)))) (:times s))) now)]
        (if (> (count times) (:restarts rules))
          (give-up s i crash)
          (let [(tuple wait next) (delay-of rules (count times) (:random s))]
            (with s :kept (down-with s i (+ now wait)) :times times :random next)))))))

(defn give-up "The supervisor's own end: all others are stopped, last first." {:private true}
  [s <- State  i <- i64  crash <- (Option Crash)] -> State
  (let [rules (:rules s)
        said  (str "the restart budget of " (:restarts rules) " within "
                   (wat.time/duration-text (nanos (:within rules))) " is spent: "
                   (:name (spec-in (nth (:kept s) i))))]
    (end-all (with s :kept (assoc (:kept s) i (with (nth (:kept s) i) :phase Phase/Ended))))
    (match crash
      ((Some c) (panic! said c))
      (None     (panic! said)))))

(defn down-with "The children after the one at i has ended: those that go with it are stopped, last first, and wait."
  {:private true}
  [s <- State  i <- i64  until <- i64] -> (Vector Kept)
  (loop [j    (- (count (:kept s)) 1)
         kept (:kept s)]
    (if (< j 0)
      kept
      (let [k (nth kept j)
            strategy (:strategy (:rules s))]
        (match (:phase k)
          (Phase/Ended (recur (- j 1) kept))
          (_
           (cond
             (not (affected? strategy i j)) (recur (- j 1) kept)
             (= i j) (recur (- j 1) (assoc kept j (with k :phase (Phase/Waiting until) :restarts (+ 1 (:restarts k)))))
             :else
             (do (halt k)
                 (recur (- j 1)
                        (assoc kept j (if (= (:restart (spec-in k)) :temporary)
                                        (retire k None)
                                        (with k :phase (Phase/Waiting until) :restarts (+ 1 (:restarts k))))))))))))))

(defn start-due "Starts, in order, those whose time has come." {:private true}
  [s <- State] -> State
  (let [now (clock)]
    (with s :kept (map (fn [k] (match (:phase k)
                                 ((Phase/Waiting until) (if (<= until now) (begin k) k))
                                 (_ k)))
                       (:kept s)))))

(defn without "All children but that one, which is stopped." {:private true}
  [s <- State  name <- String] -> State
  (match (find (fn [i] (= name (:name (spec-in (nth (:kept s) i))))) (vec (range (count (:kept s)))))
    (None s)
    ((Some i)
     (let [k (nth (:kept s) i)]
       (halt k)
       (ignore (retire k None))
       (with s :kept (concat (subvec (:kept s) 0 i) (subvec (:kept s) (+ i 1) (count (:kept s)))))))))

(defn listed "The child as its owner is told." {:private true}
  [k <- Kept] -> ChildStatus
  (let [name (:name (spec-in k))]
    (match (:phase k)
      ((Phase/Up peer _)      (ChildStatus name :up (path peer) (pid peer) (:restarts k)))
      ((Phase/Leading peer _) (ChildStatus name :up (path peer) (pid peer) (:restarts k)))
      ((Phase/Waiting _)      (ChildStatus name :waiting "" None (:restarts k)))
      (Phase/Ended            (ChildStatus name :ended "" None (:restarts k))))))

;; ---- requests that may be made again

(defstruct RetryOptions
  "How often a request is made at the most (3 times), the time before the second (10 ms; each further one twice as long, less
  up to a half by chance), whether only a request that surely was not executed is made again (`:only-unexecuted`), and the budget
  that it shares with others."
  [attempts        <- (Option i64)
   backoff         <- (Option Duration)
   only-unexecuted <- (Option bool)
   budget          <- (Option RetryBudget)])

(defstruct RetryBudget
  "How many more times requests may be made again, for all that share it; see `retry-budget`."
  [put <- (Sender nil)  take <- (Receiver nil)])

(defn retry-budget
  "So many further attempts, for all the requests that share the budget; each success gives one back.
  Example: (wat.supervisor/retry {:attempts 9 :budget (wat.supervisor/retry-budget 1)} (fn [] (attempt (fn [] (/ 6 3))))) => #wat.core/Ok 2"
  [n <- i64] -> RetryBudget
  (let [(tuple put take) (channel n)]
    (doseq [_ (range n)] (ignore (send put nil)))
    (RetryBudget put take)))

(defn granted? "Takes one attempt from the budget, if there is one." {:private true}
  [budget <- (Option RetryBudget)] -> bool
  (match budget
    (None true)
    ((Some b) (select ((:take b) _ true) (after (nanos 0) false)))))

(defn give-back "Returns one attempt, if there is room for it." {:private true}
  [budget <- (Option RetryBudget)  taken <- i64] -> nil
  (match budget
    ((Some b) (when (> taken 0) (ignore (send (:put b) nil))))
    (None nil)))

(defn retry
  "What the request answers, made again after a Crash. For requests that may be executed twice: wat itself makes none
  again. A stop ends it.
  Example: (wat.supervisor/retry {:attempts 2} (fn [] (call (spawn-thread (fn {:in i64 :out i64} [] (serve inc))) 21))) => #wat.core/Ok 22"
  [options <- RetryOptions  request <- (Fn [] -> (Result T Crash))] -> (Result T Crash)
  (loop [n    1
         wait (nanos-of (unwrap-or (:backoff options) (millis 10)))
         g    (wat.random/fresh)]
    (match (request)
      ((Ok v) (do (give-back (:budget options) (- n 1)) (Ok v)))
      ((Err crash)
       (if (or (>= n (unwrap-or (:attempts options) 3))
               (stopped?)
               (and (unwrap-or (:only-unexecuted options) false) (not (= (:executed crash) (Some :no))))
               (not (granted? (:budget options))))
         (Err crash)
         (let [(tuple part next) (wat.random/float g)]
           (sleep (nanos (- wait (i64 (* (f64 wait) (* 0.5 part))))))
           (recur (+ n 1) (* wait 2) next)))))))
