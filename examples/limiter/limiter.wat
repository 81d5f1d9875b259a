;; A rate limiter: a bucket of tokens for each client, filled at a steady rate.
;;
;; It is a process with a state, and time is in the requests: the limiter decides from what it is told alone, so a run
;; can be repeated. `main` gives each request of its input to the limiter and prints the decision.
(ns limiter)

(defstruct Limits "A bucket holds `burst` tokens; one comes back every `every` milliseconds." [burst <- i64  every <- i64])

(defenum Ask
  (Hit   [client <- String  at <- i64])
  (Spare [client <- String  at <- i64]))

(defenum Answer
  Allowed
  (Wait   [millis <- i64])
  (Tokens [n <- i64]))

(defstruct Bucket "Tokens held, and the time up to which the filling is counted." [tokens <- i64  at <- i64])

(defn refilled "The bucket as it is at a time; what is not a whole token yet stays in `at`."
  [limits <- Limits  bucket <- Bucket  at <- i64] -> Bucket
  (let [passed (max 0 (- at (:at bucket)))
        came   (quot passed (:every limits))
        tokens (min (:burst limits) (+ (:tokens bucket) came))]
    (Bucket tokens (if (= tokens (:burst limits)) (max at (:at bucket)) (+ (:at bucket) (* came (:every limits)))))))

(defn step [limits <- Limits  buckets <- (Map String Bucket)  ask <- Ask] -> (Tuple (Map String Bucket) Answer)
  (match ask
    ((Ask/Hit client at)
     (let [bucket (refilled limits (get buckets client (Bucket (:burst limits) at)) at)]
       (if (> (:tokens bucket) 0)
         (tuple (assoc buckets client (with bucket :tokens (dec (:tokens bucket)))) Answer/Allowed)
         (tuple (assoc buckets client bucket)
                (Answer/Wait (- (+ (:at bucket) (:every limits)) at))))))
    ((Ask/Spare client at)
     (tuple buckets
            (Answer/Tokens (:tokens (refilled limits (get buckets client (Bucket (:burst limits) at)) at)))))))

(defn limiter "Limits are the first thing captured from its parent: they travel with the program." [limits <- Limits] -> (Peer Ask Answer)
  (spawn-process (fn {:in Ask :out Answer} []
    (serve-state {} (fn [buckets ask] (step limits buckets ask))))))

(defn main {:in Ask :out Answer} [] -> nil
  (let [p (limiter {:burst 2 :every 1000})]
    (serve (fn [ask] (unwrap (call p ask) "the limiter is gone")))))
