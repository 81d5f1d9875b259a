;; Assertions, and how `wat test` runs the tests of a file. An assertion that fails crashes, so a test ends at its
;; first failure; what it found is in the crash's data, where whoever draws the report finds it. In a file with a
;; `deftest` these names need no `:use`.
(ns wat.test)

(defstruct Mismatch "What an assertion about two values found.
  Example: (map-err :data (attempt (fn [] (wat.test/assert-eq 4 5)))) => #wat.core/Err #wat.test/Mismatch {:actual 5 :expected 4}"
  [expected <- Edn  actual <- Edn])

;; ---- assertions

(defn assert-eq
  "Fails unless the second value equals the first, the expected one. Example: (wat.test/assert-eq 4 (+ 2 2)) => nil"
  {:where [(Eq T) (Wire T)]}
  [expected <- T  actual <- T] -> nil
  (if (= expected actual)
    nil
    (panic! "not equal" (Mismatch (edn expected) (edn actual)))))

(defn assert-ne "Fails where the values are equal. Example: (wat.test/assert-ne 5 (+ 2 2)) => nil"
  {:where [(Eq T) (Wire T)]}
  [unexpected <- T  actual <- T] -> nil
  (if (= unexpected actual)
    (panic! (str "both are " (wat.edn/text actual)))
    nil))

(defn assert-near "Fails unless the numbers differ by no more than the tolerance. Example: (wat.test/assert-near 0.3 (+ 0.1 0.2) 1e-9) => nil"
  [expected <- f64  actual <- f64  tolerance <- f64] -> nil
  (if (or (= expected actual) (<= (abs (- expected actual)) tolerance))
    nil
    (panic! (str "not within " tolerance) (Mismatch (edn expected) (edn actual)))))

(defn assert-some "Fails where there is no value. Example: (wat.test/assert-some (first [7])) => nil"
  [o <- (Option T)] -> nil
  (match o
    ((Some _) nil)
    (None (panic! "there is a None where a Some was expected"))))

(defn assert-none "Fails where there is a value. Example: (wat.test/assert-none (get {:a 1} :b)) => nil"
  {:where [(Wire T)]}
  [o <- (Option T)] -> nil
  (match o
    (None nil)
    ((Some v) (panic! (str "there is a value where None was expected: " (wat.edn/text v))))))

(defn assert-ok
  "Fails with the error where the Result is an Err. Example: (wat.test/assert-ok (attempt (fn [] 1))) => nil"
  {:where [(Wire E)]}
  [r <- (Result T E)] -> nil
  (match r
    ((Ok _) nil)
    ((Err e) (panic! (str "an Err where an Ok was expected: " (wat.edn/text e))))))

(defn assert-err "Fails where the Result is an Ok. Example: (wat.test/assert-err (attempt (fn [] (/ 1 0)))) => nil"
  {:where [(Wire T)]}
  [r <- (Result T E)] -> nil
  (match r
    ((Ok v) (panic! (str "an Ok where an Err was expected: " (wat.edn/text v))))
    ((Err _) nil)))

(defn crashes?
  "Whether the function crashes with this kind. Example: (wat.test/crashes? :divide-by-zero (fn [] (/ 1 0))) => true"
  [kind <- keyword  f <- (Fn [] -> T)] -> bool
  (match (attempt f)
    ((Ok _) false)
    ((Err crash) (= kind (:kind crash)))))

(defn assert-crash "Fails unless the function crashes with this kind. Example: (wat.test/assert-crash :divide-by-zero (fn [] (/ 1 0))) => nil"
  [kind <- keyword  f <- (Fn [] -> T)] -> nil
  (match (attempt f)
    ((Ok _) (panic! (str "it did not crash, where " kind " was expected")))
    ((Err crash)
     (if (= kind (:kind crash))
       nil
       (panic! (str "it crashed with another kind: " (:message crash))
               (Mismatch (edn kind) (edn (:kind crash))))))))

(defn fail "Fails with the message.
  Example: (map-err :kind (attempt (fn [] (wat.test/fail \"no\")))) => #wat.core/Err :panic"
  [message <- String] -> nil
  (panic! message))

;; ---- running the tests of a file

(defenum Event
  "What `wat test --report edn` writes, one a line: a test begins; it has ended, with its crash unless it passed, the
  first values it wrote to stdout and how many more there were; `late` where its time was over.
  Example: (wat.test.Event/Began 3) => #wat.test.Event/Began {:test 3}"
  (Began [test <- i64])
  (Ended [test <- i64  crash <- (Option Crash)  out <- (Vector Edn)  more <- i64  late <- bool]))

(def kept "So many values of a test's stdout are kept." {:private true} 100)

(defn run-tests
  "Runs the tests whose numbers the arguments list, after the tier and the limit of each in milliseconds."
  {:private true}
  [tests <- (Vector (Program Edn Edn))] -> nil
  (let [words (args)
        threads? (= "thread" (nth words 0))
        limit (millis (number (nth words 1)))]
    (doseq [word (drop 2 words)]
      (let [n (number word)]
        (println (Event/Began n))
        (eprintln (Event/Began n))
        (println
         (if threads?
           (outcome n (spawn-thread (nth tests n)) limit)
           (outcome n (spawn-process (nth tests n) {:authority [(inherit)]}) limit)))))))

(defn number "An argument." {:private true} [word <- String] -> i64
  (unwrap (parse-i64 word) "an argument of the test runner is no number"))

(defn outcome "How the test ends." {:private true}
  [n <- i64  p <- (Peer Edn Edn)  limit <- Duration] -> Event
  (do
    (close p)
    (listen n p (+ (wat.time/as-nanos (wat.time/ticks)) (wat.time/as-nanos limit)) [] 0)))

(defn listen "Reads what the test writes until it ends or its time is over." {:private true}
  [n <- i64  p <- (Peer Edn Edn)  deadline <- i64  out <- (Vector Edn)  more <- i64] -> Event
  (let [left (- deadline (wat.time/as-nanos (wat.time/ticks)))]
    (if (<= left 0)
      (late n p out more)
      (select
        (p r
           (match r
             ((Ok (Some v))
              (if (< (count out) kept)
                (listen n p deadline (conj out v) more)
                (listen n p deadline out (inc more))))
             ((Ok None) (Event/Ended n None out more false))
             ((Err crash) (Event/Ended n (Some crash) out more false))))
        (after (nanos left) (late n p out more))))))

(defn late "Ends a test whose time is over." {:private true}
  [n <- i64  p <- (Peer Edn Edn)  out <- (Vector Edn)  more <- i64] -> Event
  (match (kill p)
    ((Ok _) (Event/Ended n None out more false))
    ((Err crash) (Event/Ended n (Some crash) out more true))))
