;; A rate limiter: a bucket of tokens for each client, filled at a steady rate.
;;
;; It is a process with a state, and time is in the requests: the limiter decides from what it is told alone, so a run
;; can be repeated. `main` gives each request of its input to the limiter and prints the decision.
(ns limiter)

(defstruct Rate "A bucket holds `burst` tokens; one comes back every `every` milliseconds."
  [burst <- i64  every <- i64])

(defenum Ask
  (Hit   [client <- String  at <- i64])
  (Spare [client <- String  at <- i64]))

(defenum Answer
  Allowed
  (Wait   [millis <- i64])
  (Tokens [n <- i64]))

(defstruct Bucket "Tokens held, and the time up to which the filling is counted." [tokens <- i64  at <- i64])

(defn refilled "The bucket as it is at a time; what is not a whole token yet stays in `at`."
  [rate <- Rate  bucket <- Bucket  at <- i64] -> Bucket
  (let [passed (max 0 (- at (:at bucket)))
        came   (quot passed (:every rate))
        tokens (min (:burst rate) (+ (:tokens bucket) came))]
    (Bucket tokens (if (= tokens (:burst rate)) (max at (:at bucket)) (+ (:at bucket) (* came (:every rate)))))))

(defn step [rate <- Rate  buckets <- (Map String Bucket)  ask <- Ask] -> (Tuple (Map String Bucket) Answer)
  (match ask
    ((Ask/Hit client at)
     (let [bucket (refilled rate (get buckets client (Bucket (:burst rate) at)) at)]
       (if (> (:tokens bucket) 0)
         (tuple (assoc buckets client (with bucket :tokens (dec (:tokens bucket)))) Answer/Allowed)
         (tuple (assoc buckets client bucket)
                (Answer/Wait (- (+ (:at bucket) (:every rate)) at))))))
    ((Ask/Spare client at)
     (tuple buckets
            (Answer/Tokens (:tokens (refilled rate (get buckets client (Bucket (:burst rate) at)) at)))))))

(defn limiter "A limiter of its own; the rate travels with the program." [rate <- Rate] -> (Peer Ask Answer)
  (spawn-process (fn {:in Ask :out Answer} []
    (serve-state {} (fn [buckets ask] (step rate buckets ask))))))

(defn main {:in Ask :out Answer} [] -> nil
  (let [p (limiter {:burst 2 :every 1000})]
    (serve (fn [ask] (unwrap (call p ask) "the limiter is gone")))))
