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
  the time to stop in (5 s); `:queue` is how many requests may wait (64); `:name` tells it from others of its program.
  `:copies` makes it a pool: so many of the program behind the one queue, each with one request in hand at a time and kept
  by itself. `:cancel` is what comes to one whose caller no longer waits: it is told (`:tell`, the default; see `cancelled?`),
  or killed and at once started again, outside the budget (`:kill`; it has then one request in hand at a time)."
  [name    <- (Option String)
   restart <- (Option keyword)
   tier    <- (Option keyword)
   spawn   <- (Option SpawnOptions)
   grace   <- (Option Duration)
   queue   <- (Option i64)
   copies  <- (Option i64)
   cancel  <- (Option keyword)])

(defstruct ServiceOptions
  "Which child of a program, where there are several; what a request does while the child is down, and what it does when
  the queue is full: `:wait` (the default), a `call` no longer than its timeout, or `:fail` at once."
  [name      <- (Option String)
   when-down <- (Option keyword)
   when-full <- (Option keyword)])

(defstruct ChildStatus
  "A child as `children` tells it: `:up`, `:waiting` for its restart, or `:ended`; and how often it was started again. Each
  copy in a pool is told by itself."
  [name <- String  state <- keyword  path <- String  pid <- (Option i64)  restarts <- i64])

;; ---- what an owner says to its supervisor

(defstruct Spec "How a child is kept, as its supervisor has it: the number of its service, its name and options."
  {:private true}
  [number  <- i64
   name    <- String
   restart <- keyword
   tier    <- keyword
   spawn   <- SpawnOptions
   grace   <- Duration
   copies  <- i64])

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
  [supervisor <- (Peer nil Answer)
   program <- (Program Edn Edn)
   name <- String
   capacity <- i64
   process <- i64
   one-in-hand <- i64
   kill-cancelled <- i64]
  -> i64)
(defn service-program "The program kept under the number." {:intrinsic "service_program" :private true}
  [number <- i64] -> (Program Edn Edn))
(defn service-attach "The peer answers from now on." {:intrinsic "service_attach" :private true}
  [number <- i64  peer <- (Peer Edn Edn)  restarts <- i64] -> (Receiver nil))
(defn service-halt "Passes nothing more on, and asks the peer to stop." {:intrinsic "service_halt" :private true}
  [peer <- (Peer Edn Edn)  grace <- i64] -> nil)
(defn service-spared "1 where it was ended because nobody waited for its request."
  {:intrinsic "service_spared" :private true}
  [peer <- (Peer Edn Edn)] -> i64)
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
(defn mutation "1 where a test has taken this mechanism away." {:intrinsic "mutation" :private true}
  [name <- String] -> i64)
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
  (one-of "`:cancel`" [:tell :kill] (:cancel options))
  (when (< (unwrap-or (:copies options) 1) 1)
    (panic! (str "`:copies` is at least 1, not " (unwrap-or (:copies options) 1))))
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
           kill   (= (:cancel options) (Some :kill))
           number (service-offer peer
                                 program
                                 name
                                 (unwrap-or (:queue options) 64)
                                 (if (= tier :process) 1 0)
                                 (if (or kill (some? (:copies options))) 1 0)
                                 (if kill 1 0))]
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
        (unwrap-or (:grace o) (seconds 5))
        (unwrap-or (:copies o) 1)))

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
  used as any other, but that its end is the end of the service: `stop` and `kill` only close it. Answers come in the order
  of its own requests. A request that nobody waits for any more, its call being out of time or this peer let go, leaves the
  queue; whoever has begun it is told.
  Example: (fn [s] (call (wat.supervisor/service s (fn {:in i64 :out i64} [] (serve inc))) 21))"
  [s <- Supervisor  program <- (Program I O)  options <- ServiceOptions] -> (Peer I O)
  (one-of "`:when-down`" [:wait :fail] (:when-down options))
  (one-of "`:when-full`" [:wait :fail] (:when-full options))
  (service-find (:peer s)
                (:commands s)
                program
                (unwrap-or (:name options) "")
                (+ (if (= (:when-down options) (Some :fail)) 1 0)
                   (if (= (:when-full options) (Some :fail)) 2 0))))

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
     (let [copies (match plan ((Plan/Worker spec) (:copies spec)) (_ 1))
           begun  (map-vector (fn [_] (begin (Kept plan Phase/Ended 0))) (vec (range copies)))
           next   (with s :kept (concat (:kept s) begun))]
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

(defn retire "The child at the place i has ended for good; its service with the last of its copies." {:private true}
  [kept <- (Vector Kept)  i <- i64  crash <- (Option Crash)] -> (Vector Kept)
  (let [k    (nth kept i)
        left (assoc kept i (with k :phase Phase/Ended))
        own  (numbers (:plan k))]
    (when (not (some? (find (fn [other] (and (not (ended? other)) (= (numbers (:plan other)) own))) left)))
      (doseq [n own]
        (service-end n (match crash ((Some c) (wat.edn/text c)) (None "")))))
    left))

(defn ended? "Whether the child is not started again." {:private true} [k <- Kept] -> bool
  (match (:phase k) (Phase/Ended true) (_ false)))

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

(defn gone "A child has ended: it is started again, or it is not, or there have been too many." {:private true}
  [s <- State  i <- i64] -> State
  (let [k     (nth (:kept s) i)
        crash (how-ended k)
        rules (:rules s)
        now   (clock)]
    (cond
      (not (again? (:restart (spec-in k)) (some? crash)))
      (with s :kept (retire (:kept s) i crash))

      ;; Ended by its supervisor for a caller's sake, it has done nothing wrong.
      (spared? k)
      (with s :kept (assoc (:kept s) i (begin (with k :restarts (+ 1 (:restarts k))))))

      :else
      (let [times (conj (vec (filter (fn [t] (> t (- now (:within rules)))) (:times s))) now)]
        (if (and (> (count times) (:restarts rules)) (= 0 (mutation "restart-budget")))
          (give-up s i crash)
          (let [(tuple wait next)
                  (backoff (nanos (:backoff rules)) (nanos (:slowest rules)) (count times) (:random s))]
            (with s :kept (down-with s i (+ now (nanos-of wait))) :times times :random next)))))))

(defn spared? "Whether the child was killed because nobody waited for its request." {:private true} [k <- Kept] -> bool
  (match (:phase k) ((Phase/Up peer _) (= 1 (service-spared peer))) (_ false)))

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
                        (if (= (:restart (spec-in k)) :temporary)
                          (retire kept j None)
                          (assoc kept j
                                 (with k :phase (Phase/Waiting until) :restarts (+ 1 (:restarts k))))))))))))))

(defn start-due "Starts, in order, those whose time has come." {:private true}
  [s <- State] -> State
  (let [now (clock)]
    (with s :kept (map (fn [k] (match (:phase k)
                                 ((Phase/Waiting until) (if (<= until now) (begin k) k))
                                 (_ k)))
                       (:kept s)))))

(defn without "All children but those of that name, which are stopped, last first." {:private true}
  [s <- State  name <- String] -> State
  (loop [i    (- (count (:kept s)) 1)
         kept (:kept s)]
    (cond
      (< i 0) (with s :kept (vec (filter (fn [k] (not (= name (:name (spec-in k))))) kept)))

      (= name (:name (spec-in (nth kept i))))
      (do (halt (nth kept i))
          (recur (- i 1) (retire kept i None)))

      :else (recur (- i 1) kept))))

(defn listed "The child as its owner is told." {:private true}
  [k <- Kept] -> ChildStatus
  (let [name (:name (spec-in k))]
    (match (:phase k)
      ((Phase/Up peer _)      (ChildStatus name :up (path peer) (pid peer) (:restarts k)))
      ((Phase/Leading peer _) (ChildStatus name :up (path peer) (pid peer) (:restarts k)))
      ((Phase/Waiting _)      (ChildStatus name :waiting "" None (:restarts k)))
      (Phase/Ended            (ChildStatus name :ended "" None (:restarts k))))))

;; ---- requests that may be made again

(defn backoff
  "The wait before the nth attempt or restart after the first: half of `first * 2^(n-1)`, which is `slowest` at the most, and
  up to the other half of it by chance, `w/2 + random(0, w/2)`; and the generator onwards. This is \"equal jitter\" (M. Brooker,
  Exponential Backoff and Jitter, AWS Architecture Blog, 2015): those that failed together do not come back together, and
  none comes back at once.
  Example: (let [(tuple w _) (wat.supervisor/backoff (millis 10) (seconds 1) 3 (wat.random/generator 1))] (and (>= w (millis 20)) (<= w (millis 40)))) => true"
  [first <- Duration  slowest <- Duration  n <- i64  g <- wat.random/Random] -> (Tuple Duration wat.random/Random)
  (let [top   (max 0 (nanos-of slowest))
        whole (loop [w (max 0 (nanos-of first)) n n]
                (if (or (<= n 1) (>= w top) (= w 0)) (min w top) (recur (if (> w (/ top 2)) top (* w 2)) (- n 1))))
        half  (/ whole 2)
        (tuple part next) (wat.random/float g)]
    (tuple (nanos (+ half (i64 (* (f64 (- whole half)) part)))) next)))

(defstruct RetryOptions
  "How often a request is made at the most (3 times), the waits between (`:backoff`, 10 ms, to `:slowest`, 1 s; see `backoff`),
  whether only a request that surely was not executed is made again (`:only-unexecuted`), and the budget that it shares with
  others."
  [attempts        <- (Option i64)
   backoff         <- (Option Duration)
   slowest         <- (Option Duration)
   only-unexecuted <- (Option bool)
   budget          <- (Option RetryBudget)])

(defstruct BudgetOptions
  "How much may be made again: `:percent` (10) of the requests made within `:within` (10 s), and `:least` (3) in that time
  however few there were."
  [percent <- (Option i64)
   within  <- (Option Duration)
   least   <- (Option i64)])

(defstruct RetryBudget
  "How many requests may be made again, for all that share it; see `retry-budget`."
  [percent <- i64  within <- i64  least <- i64  put <- (Sender Spent)  take <- (Receiver Spent)])

(defstruct Spent "Requests made and made again, in this half of the window and in the one before." {:private true}
  [since <- i64  made <- i64  again <- i64  made-before <- i64  again-before <- i64])

(defn retry-budget
  "A budget for `retry`, shared by all requests to one place, so that what fails there is not asked several times as much
  for it: a tenth more at the most (after B. Beyer and others, Site Reliability Engineering, 2016, chapter 21). The window is
  counted in two halves, so it covers between half of `:within` and all of it. Where somebody is killed with the count in
  hand it begins anew, as that of a window of which `:least` is spent.
  Example: (wat.supervisor/retry {:attempts 9 :budget (wat.supervisor/retry-budget)} (fn [] (attempt (fn [] (/ 6 3))))) => #wat.core/Ok 2"
  [options <- BudgetOptions] -> RetryBudget
  (let [(tuple put take) (channel 1)]
    (ignore (send put (Spent (clock) 0 0 0 0)))
    (RetryBudget (max 0 (unwrap-or (:percent options) 10))
                 (max 2 (nanos-of (unwrap-or (:within options) (seconds 10))))
                 (max 0 (unwrap-or (:least options) 3))
                 put
                 take)))

(defn turned "What was spent as it counts now." {:private true}
  [s <- Spent  half <- i64  now <- i64] -> Spent
  (let [age (- now (:since s))]
    (cond
      (< age half)       s
      (< age (* 2 half)) (Spent (+ (:since s) half) 0 0 (:made s) (:again s))
      :else              (Spent now 0 0 0 0))))

(defn spend "Counts a request, or one made again where the budget has room for it: whether it has." {:private true}
  [budget <- (Option RetryBudget)  again <- bool] -> bool
  (match budget
    (None true)
    ((Some b)
     ;; The count is in a channel of one value, which is out only as long as this takes; who was killed in that moment has
     ;; taken it along. It is then begun anew as that of a window that is spent, so that no more is made again for a loss.
     (let [now (clock)
           old (select
                 ((:take b) found (unwrap-or found (Spent now 0 (:least b) 0 0)))
                 (after (millis 100) (Spent now 0 (:least b) 0 0)))
           s     (turned old (/ (:within b) 2) now)
           room  (+ (:least b) (/ (* (:percent b) (+ (:made s) (:made-before s))) 100))
           fits  (or (not again) (< (+ (:again s) (:again-before s)) room)
                     (= 1 (mutation "retry-budget")))
           left  (cond
                   (not again) (with s :made (+ 1 (:made s)))
                   fits        (with s :again (+ 1 (:again s)))
                   :else       s)]
       ;; Where several have begun it anew, or who had it was only slow, one count is enough.
       (ignore (within-deadline (millis 1) (fn [] (send (:put b) left))))
       fits))))

(defn retry
  "What the request answers, made again after a Crash. For requests that may be executed twice: calling this is what marks
  them, and wat itself makes none again. A stop ends it. Where the budget is spent it fails at once, with a Crash of kind
  `:limit` whose cause is the request's.
  Example: (wat.supervisor/retry {:attempts 2} (fn [] (call (spawn-thread (fn {:in i64 :out i64} [] (serve inc))) 21))) => #wat.core/Ok 22"
  [options <- RetryOptions  request <- (Fn [] -> (Result T Crash))] -> (Result T Crash)
  (ignore (spend (:budget options) false))
  (match (request)
    ((Ok v)      (Ok v))
    ((Err crash) (again options 1 (wat.random/fresh) crash request))))

(defn again "A request that has failed n times." {:private true}
  [options <- RetryOptions  n <- i64  g <- wat.random/Random  crash <- Crash  request <- (Fn [] -> (Result T Crash))]
  -> (Result T Crash)
  (cond
    (or (>= n (unwrap-or (:attempts options) 3))
        (stopped?)
        (cancelled?)
        (and (unwrap-or (:only-unexecuted options) false) (not (= (:executed crash) (Some :no)))))
    (Err crash)

    (not (spend (:budget options) true))
    (Err (with crash
               :kind
               :limit
               :message
               (str "the budget of retries is spent: " (:message crash))
               :cause
               (Some crash)))

    :else
    (let [(tuple wait next) (backoff (unwrap-or (:backoff options) (millis 10))
                                     (unwrap-or (:slowest options) (seconds 1))
                                     n
                                     g)]
      (sleep wait)
      (match (request)
        ((Ok v)      (Ok v))
        ((Err crash) (again options (+ n 1) next crash request))))))

(defn ask-all
  "What the peer answers to each value, in the order of the values; so many requests are under way at a time, which gives
  each worker of a pool its own. One that fails is made again as the options allow, which is for requests that may be
  executed twice; `{:attempts 1}` makes none again.
  Example: (wat.supervisor/ask-all (spawn-thread (fn {:in i64 :out i64} [] (serve inc))) [1 2 3] 2 {:attempts 1}) => [#wat.core/Ok 2 #wat.core/Ok 3 #wat.core/Ok 4]"
  [p <- (Peer I O)  xs <- (Vector I)  ahead <- i64  options <- RetryOptions] -> (Vector (Result O Crash))
  (loop [next  0
         asked []                       ; the places of the values under way
         done  {}]
    (cond
      (and (< next (count xs)) (< (count asked) (max 1 ahead)))
      (do (ignore (spend (:budget options) false))
          (match (send p (nth xs next))
            ((Ok _)      (recur (+ next 1) (conj asked next) done))
            ((Err crash) (recur (+ next 1) asked (assoc done next (Err crash))))))

      (not (empty? asked))
      (let [i    (nth asked 0)
            rest (subvec asked 1 (count asked))]
        (match (recv p)
          ((Ok (Some v)) (recur next rest (assoc done i (Ok v))))
          ((Ok None)     (recur next rest done))
          ((Err crash)   (recur next rest (assoc done i (Err crash))))))

      :else
      (map-indexed (fn [i x]
                     ;; What nobody answered, an ended peer says why.
                     (match (unwrap-or (get done i) (call p x))
                       ((Ok v)      (Ok v))
                       ((Err crash) (again options 1 (wat.random/fresh) crash (fn [] (call p x))))))
                   xs))))
