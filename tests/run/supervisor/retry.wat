;; `retry` makes a request again for its caller, who knows that this does no harm; a budget bounds what many do together.
(ns user (:use [wat.supervisor :only [supervise child service retry retry-budget]]))

;; Crashes at every number but 7.
(defn picky {:in i64 :out i64} [] -> nil
  (serve (fn [n] (if (= n 7) n (panic! "not 7")))))

(defn tries [options <- wat.supervisor/RetryOptions  p <- (Peer i64 i64)  n <- i64] -> (Result i64 Crash)
  (retry options (fn [] (call p n))))

;; A request that always fails, how often it is made by so many callers with one budget, and how the last of them failed.
(defn flood [budget <- wat.supervisor/RetryBudget  callers <- i64  made <- (Sender i64)  count-of <- (Receiver i64)]
  -> (Tuple i64 keyword (Option keyword))
  (let [last (map-vector (fn [_]
                           (retry {:attempts 3 :backoff (nanos 1) :budget budget}
                                  (fn [] (ignore (send made (+ 1 (unwrap (recv count-of) "the count"))))
                                    (attempt (fn [] (/ 1 (- callers callers)))))))
                         (vec (range callers)))
        n    (unwrap (recv count-of) "the count")]
    (ignore (send made 0))
    (match (nth last (- callers 1))
      ((Ok _)      (tuple n :ok None))
      ((Err crash) (tuple n (:kind crash) (map-option :kind (:cause crash)))))))

;; Requests without end, each of which takes the count and puts it back.
(defn spends [budget <- wat.supervisor/RetryBudget] -> nil
  (ignore (retry {:budget budget} (fn [] (attempt (fn [] 1)))))
  (spends budget))

;; Kills who spends, again and again, until one had the count in hand.
(defn lose [budget <- wat.supervisor/RetryBudget  kills <- i64] -> nil
  (let [p (spawn-thread (fn {:in nil :out i64} [] (spends budget)))]
    (sleep (nanos (* 10000 (mod kills 7))))
    (ignore (kill p))
    (select
      ((:take budget) found (do (ignore (send (:put budget) (unwrap found "the count")))
                                (lose budget (+ kills 1))))
      (after (millis 0) nil))))

(defn main [] -> nil
  (let [sup    (supervise {:restarts 99 :within (seconds 60) :backoff (millis 1) :slowest (millis 2)} (child picky))
        p      (service sup picky)
        budget (retry-budget {:percent 0 :least 1})
        (tuple made count-of) (channel 1)]
    (println (tries {} p 7))
    (println (map-err :message (tries {:attempts 3 :backoff (millis 1)} p 0)))
    (println (map-err :message (tries {:attempts 3 :only-unexecuted true} p 0)))
    (println (map-err :message (tries {:attempts 9 :backoff (millis 1) :budget budget} p 0)))
    (println (map-err :message (tries {:attempts 9 :backoff (millis 1) :budget budget} p 0)))
    ;; 100 callers of what always fails: without a budget it is asked 300 times, with one a tenth more than 100 and 3.
    (ignore (send made 0))
    (println (flood (retry-budget {:percent 1000 :least 1000}) 100 made count-of))
    (println (flood (retry-budget) 100 made count-of))
    (println (flood (retry-budget {:percent 0 :least 0}) 100 made count-of))
    ;; A window later there is room again. Who is killed with the count in hand takes it along: nothing more is made again for
    ;; that, and no less once the window is over.
    (let [short (retry-budget {:percent 0 :least 2 :within (seconds 2)})
          lost  (retry-budget {:percent 0 :least 2 :within (seconds 2)})]
      (lose lost 0)
      (println (flood short 10 made count-of))
      (println (flood short 10 made count-of))
      (println (flood lost 10 made count-of))
      (sleep (millis 2100))
      (println (flood short 10 made count-of))
      (println (flood lost 10 made count-of)))))
