;; A supervised tree under load. Arguments: a journal, and the restarts that the budget has. Each number read is a round: so
;; many requests go to each of the services, and how each was answered is one line. A worker writes a request's number to
;; the journal, then answers it. The round 0 waits until every service answers; -1 is the end of the supervisor.
(ns user (:use [wat.supervisor :only [supervise child group service outcome]] [wat.fs :as fs]))

(defstruct Work [id <- i64  journal <- String])

(defn worker {:in Work :out i64} [] -> nil
  (serve (fn [work]
    (when (>= (:id work) 0)
      (unwrap (fs/append-text (:journal work) (str (:id work) "\n")) "the journal"))
    (:id work))))

(defn outcome-of [id <- i64  answer <- (Result i64 Crash)] -> (Tuple i64 keyword)
  (tuple id (match answer
              ((Ok n)      (if (= n id) :ok :swapped))
              ((Err crash) (match (:executed crash)
                             ((Some :no) :refused)
                             (_          (:kind crash)))))))

(defn round
  [size <- i64  first <- i64  journal <- String  services <- (Vector (Peer Work i64))] -> (Vector (Tuple i64 keyword))
  (let [asked (vec (for [i (vec (range size)) p (vec (range (count services)))]
                     (tuple p (+ first (+ p (* i (count services)))))))
        sent  (map (fn [(tuple p id)] (send (nth services p) (Work id journal))) asked)
        ;; In the order in which each service was asked, so that a late one keeps nobody.
        out   (map (fn [(tuple p id) s]
                     (match s
                       ((Ok _) (match (recv (nth services p))
                                 ((Ok (Some n)) (outcome-of id (Ok n)))
                                 ((Ok None)     (tuple id :nothing))
                                 ((Err crash)   (outcome-of id (Err crash)))))
                       ((Err crash) (outcome-of id (Err crash)))))
                   asked sent)]
    out))

(defn main [] -> nil
  (let [journal  (nth (args) 0)
        files    [(fs-write (unwrap-or (wat.path/parent journal) "."))]
        restarts (unwrap (parse-i64 (nth (args) 1)) "a number")
        sup      (supervise {:restarts restarts :within (minutes 60) :backoff (millis 1) :slowest (millis 20)}
                            (child worker {:name "a" :spawn {:authority files}})
                            (child worker {:name "b" :spawn {:authority files}})
                            (group {:name "pair"}
                                   {:strategy :one-for-all :restarts restarts :within (minutes 60) :backoff (millis 1)}
                                   (child worker {:name "c" :spawn {:authority files}})
                                   (child worker {:name "d" :spawn {:authority files}}))
                            (child worker {:name "pool" :copies 3 :spawn {:authority files}}))
        services (map (fn [name] (service sup worker {:name name})) ["a" "b" "c" "d" "pool"])]
    (loop [first 0]
      (match (readln -> i64)
        (None nil)
        ((Some -1) (match (outcome sup)
                     ((Ok _)      (println :well))
                     ((Err crash) (println (tuple (:kind crash) (:message crash) (map :kind (:cause crash)))))))
        ((Some 0)
         (do (println (map (fn [p]
                             (match (call p (Work -1 "") {:timeout (seconds 30)})
                               ((Ok _) :ok)
                               ((Err crash) (:kind crash))))
                           services))
             (recur first)))
        ((Some n)
         (do (println (round n first journal services))
             (recur (+ first (* n (count services))))))))))
