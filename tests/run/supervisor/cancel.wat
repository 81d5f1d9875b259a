;; Requests that nobody waits for any more: those in the queue leave it and are never begun; whoever has begun one is told, its
;; waits come back, and what it passed on is given up in turn.
(ns user (:use [wat.supervisor :only [supervise child service]]))

(defenum Req
  (Rest [id <- i64  ms <- i64])
  (Below [id <- i64])
  Journal)

;; Answers nothing for a long time unless told that nobody waits.
(defn deep {:in i64 :out bool} [] -> nil
  (serve (fn [ms] (sleep (millis ms)) (cancelled?))))

;; Keeps a journal of what it began: whether it was told, and what became of what it passed on.
(defn worker {:in Req :out (Vector (Tuple i64 bool keyword))} [] -> nil
  (let [below (spawn-process deep)]
    (serve-state []
                 (fn [journal req]
                   (match req
                     ((Req/Rest id ms)
                      (do (sleep (millis ms))
                          (let [next (conj journal (tuple id (cancelled?) :rested))]
                            (tuple next next))))
                     ((Req/Below id)
                      (let [how
                              (match (call below 20000) ((Ok told) (if told :told :untold)) ((Err crash) (:kind crash)))
                            next (conj journal (tuple id (cancelled?) how))]
                        (tuple next next)))
                     (Req/Journal (tuple journal journal)))))))

(defn how [r <- (Result T Crash)] -> (Tuple keyword (Option keyword))
  (match r ((Ok _) (tuple :ok None)) ((Err c) (tuple (:kind c) (:executed c)))))

(defn tried
  [p <- (Peer Req (Vector (Tuple i64 bool keyword)))  req <- Req  ms <- i64] -> (Tuple keyword (Option keyword))
  (how (call p req {:timeout (millis ms)})))

(defn main [] -> nil
  (let [begun (now)
        sup   (supervise {} (child worker {:copies 1 :queue 2}) (child deep {:name "doomed" :cancel :kill}))
        p     (service sup worker)]
    (println (call p Req/Journal))
    ;; Begun, then out of time: the sleep of 20 s ends.
    (println (tried p (Req/Rest 1 20000) 100))
    (println (call p Req/Journal))
    ;; Two wait behind one that rests; their callers leave, so there is room for two more, and they are never begun.
    (ignore (send p (Req/Rest 2 1500)))
    (sleep (millis 100))
    (println (tried p (Req/Rest 3 0) 50))
    (let [q (service sup worker {:when-full :fail})]
      (println (how (send q (Req/Rest 4 0))))
      (println (how (send q (Req/Rest 5 0)))))
    (let [q (service sup worker {:when-full :fail})]
      (println (how (send q (Req/Rest 6 0))))
      (println (how (send q (Req/Rest 7 0))))
      (println (recv q)))
    (println (map (fn [_] :answered) (recv p)))
    ;; What it asked below is given up with it.
    (println (tried p (Req/Below 8) 300))
    (println (map (fn [journal] (nth journal (- (count journal) 1))) (call p Req/Journal)))
    ;; A peer of one's own is told as well.
    (let [own (spawn-process deep)]
      (println (how (call own 20000 {:timeout (millis 100)})))
      (println (call own 0)))
    ;; Killed rather than told, and at once there again; not counted as a fault.
    (let [d (service sup deep {:name "doomed"})]
      (doseq [_ (vec (range 5))]
        (println (call d 0))
        (println (how (call d 20000 {:timeout (millis 100)}))))
      (println (call d 0)))
    (println (< (wat.time/as-nanos (- (now) begun)) 18000000000))))
