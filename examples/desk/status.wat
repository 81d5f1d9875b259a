;; The status node: counts answers by class and finds bursts of errors.
;;
;; An error is an answer of 400 or above. A burst begins with the error that makes ten to one client within 60
;; seconds of log time (in the order of the log); these ten belong to it, and so does each further error that
;; again makes ten within 60 seconds. An error belongs to one burst at most. Bursts are listed in the order in
;; which they were found.
;;
;; Exact for up to 10,000 clients with errors. Beyond that, room is made by forgetting clients quiet for more
;; than 60 seconds (which loses nothing in a log whose times do not go back); the errors of a client for whom
;; there is none are counted as missed. The first 1,000 bursts are listed, all are counted.
(ns desk.status
  (:use [desk.record :only [Record]]
        [desk.report :only [Classes Burst Bursts StatusReport]]
        [wat.time :only [from-epoch]]))

(def most-clients 10000)
(def most-listed 1000)
(def burst-size 10)
(def burst-seconds 60)

(defn node {:in (Vector Record) :out StatusReport} [] -> nil
  (println (report (count-all (Tally (Classes 0 0 0 0 0) {} [] 0 0 0 0)))))

(defstruct Client
  "The times of a client's last errors, at most ten, and its burst while that lasts: its place in the list, or
  none where the list was full."
  [recent <- (Vector i64)  burst <- (Option Listing)])

(defenum Listing Unlisted (Listed [index <- i64]))

(defstruct Tally
  "Everything so far: answers by class, clients with errors, bursts, the newest time of an error, when clients
  were last forgotten, errors missed."
  [classes <- Classes
   clients <- (Map String Client)
   listed  <- (Vector Burst)
   found   <- i64
   newest  <- i64
   swept   <- i64
   missed  <- i64])

(defn count-all [tally <- Tally] -> Tally
  (match (readln -> (Vector Record))
    ((Some records) (count-all (reduce note tally records)))
    (None           tally)))

(defn report [tally <- Tally] -> StatusReport
  (StatusReport (:classes tally) (Bursts (:found tally) (:listed tally) (:missed tally))))

(defn note [tally <- Tally  r <- Record] -> Tally
  (let [tally (with tally :classes (classed (:classes tally) (:status r)))]
    (if (< (:status r) 400)
      tally
      (note-error (with tally :newest (max (:seconds r) (:newest tally))) (:client r) (:seconds r)))))

(defn classed [c <- Classes  status <- i64] -> Classes
  (match (quot status 100)
    (1 (with c :informational (+ (:informational c) 1)))
    (2 (with c :success (+ (:success c) 1)))
    (3 (with c :redirection (+ (:redirection c) 1)))
    (4 (with c :client-error (+ (:client-error c) 1)))
    (_ (with c :server-error (+ (:server-error c) 1)))))

(defn note-error [tally <- Tally  client <- String  at <- i64] -> Tally
  (let [known? (contains? (:clients tally) client)
        tally  (if known? tally (make-room tally))]
    (if (or known? (< (count (:clients tally)) most-clients))
      (extend-client tally client at)
      (with tally :missed (+ (:missed tally) 1)))))

(defn make-room "Forgets quiet clients where there is no room left, at most once a minute of log time."
  [tally <- Tally] -> Tally
  (if (or (< (count (:clients tally)) most-clients) (<= (- (:newest tally) (:swept tally)) burst-seconds))
    tally
    (let [newest (:newest tally)
          fresh? (fn [entry] (let [(tuple _ c) entry] (any? (fn [t] (<= (- newest t) burst-seconds)) (:recent c))))]
      (with tally :clients (filter fresh? (:clients tally)) :swept newest))))

(defn extend-client "The tally with one more error of a client." [tally <- Tally  client <- String  at <- i64] -> Tally
  (let [(Tally classes clients listed found newest swept missed) tally
        (Client times burst) (get clients client (Client [] None))
        recent (newest-of (conj (filter (fn [t] (<= (- at t) burst-seconds)) times) at))
        full?  (= (count recent) burst-size)]
    (match (tuple burst full?)
      ((tuple (Some place) true)
       (Tally classes (assoc clients client (Client recent burst)) (lengthened listed place) found newest swept missed))
      ((tuple (Some _) false)
       (Tally classes (assoc clients client (Client [at] None)) listed found newest swept missed))
      ((tuple None true)
       (if (< (count listed) most-listed)
         (Tally classes
                (assoc clients client (Client recent (Some (Listing/Listed (count listed)))))
                (conj listed (Burst client (from-epoch (seconds (nth recent 0))) burst-size))
                (+ found 1) newest swept missed)
         (Tally classes
                (assoc clients client (Client recent (Some Listing/Unlisted)))
                listed
                (+ found 1)
                newest
                swept
                missed)))
      ((tuple None false)
       (Tally classes (assoc clients client (Client recent None)) listed found newest swept missed)))))

(defn newest-of [times <- (Vector i64)] -> (Vector i64)
  (drop (- (count times) burst-size) times))

(defn lengthened [listed <- (Vector Burst)  place <- Listing] -> (Vector Burst)
  (match place
    (Listing/Unlisted listed)
    ((Listing/Listed i) (let [b (nth listed i)] (assoc listed i (with b :count (+ (:count b) 1)))))))
