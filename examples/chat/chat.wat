;; run: --in lines --out lines FILE
;;
;; A chat room over sockets: whoever connects says a name first, and each line after it is told to everyone.
;;
;; The room is a process with a listener. It waits a moment for a new guest, then looks at each guest in turn, and so
;; needs neither locks nor a thread for each. `main` plays the guests: each line of its input, `name: words`, is said
;; by that guest, who enters when first heard of; what every guest hears is printed.
(ns chat (:use [wat.net :as net] [wat.string :as string]))

(defstruct Guest [name <- String  stream <- net/Stream])

(defn room "Writes where it listens, then runs until it is stopped." {:in nil :out String} [] -> nil
  (let [listener (unwrap (net/listen "127.0.0.1:0") "the room cannot listen")]
    (println (:address listener))
    (run listener [])))

(defn run [listener <- net/Listener  guests <- (Vector Guest)] -> nil
  (if (stopped?)
    nil
    (let [guests (match (net/accept listener {:timeout (millis 2)})
                   ((Ok stream) (welcome guests stream))
                   ((Err _)     guests))]
      (run listener (keep (fn [guest] (hear guest guests)) guests)))))

(defn welcome "The guests with the one who has come, if they say their name."
  [guests <- (Vector Guest)  stream <- net/Stream] -> (Vector Guest)
  (match (net/read-line stream {:timeout (seconds 5)})
    ((Ok (Some name)) (let [guests (conj guests (Guest name stream))]
                        (tell guests (str "* " name " is here"))
                        guests))
    (_                guests)))

(defn hear "Tells everyone what the guest has said since; None when the guest has gone."
  [guest <- Guest  guests <- (Vector Guest)] -> (Option Guest)
  (match (net/read-line (:stream guest) {:timeout (millis 1)})
    ((Ok (Some words)) (do (tell guests (str (:name guest) ": " words)) (Some guest)))
    ((Ok None)         (do (tell guests (str "* " (:name guest) " has gone")) None))
    ((Err e)           (if (= (:kind e) :timed-out) (Some guest) None))))

(defn tell [guests <- (Vector Guest)  line <- String] -> nil
  (doseq [guest guests]
    ; A guest who cannot be reached is found out when next heard.
    (ignore (net/write-text (:stream guest) (str line "\n") {:timeout (seconds 1)}))))

(defn main [] -> nil
  (with-peers [p (spawn-process room {:authority [(net-listen 0)]})]
    (play (unwrap (unwrap (recv p) "the room crashed") "the room said nothing") [])))

(defn play [address <- String  guests <- (Vector Guest)] -> nil
  (match (readln -> String)
    ((Some line)
     (let [said   (string/split ": " line)
           name   (nth said 0)
           guests (if (any? (fn [guest] (= (:name guest) name)) guests) guests (enter address guests name))]
       (say guests name (nth said 1))
       (listen guests)
       (play address guests)))
    (None nil)))

(defn enter [address <- String  guests <- (Vector Guest)  name <- String] -> (Vector Guest)
  (let [guests (conj guests (Guest name (unwrap (net/connect address) "no room")))]
    (say guests name name)
    (listen guests)
    guests))

(defn say [guests <- (Vector Guest)  name <- String  words <- String] -> nil
  (doseq [guest guests]
    (when (= (:name guest) name)
      (unwrap (net/write-text (:stream guest) (str words "\n")) "the room is gone"))))

(defn listen "Prints what each guest hears next." [guests <- (Vector Guest)] -> nil
  (doseq [guest guests]
    (let [heard (unwrap (net/read-line (:stream guest) {:timeout (seconds 5)}) "the room is silent")]
      (println (str (string/pad-right 4 \space (:name guest)) "| " (unwrap heard "the room has closed"))))))
