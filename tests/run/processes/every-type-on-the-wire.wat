;; Values of every wire type there and back, by pipe and by thread, nested options and results included.
(defstruct Pt [x <- i64  y <- (Option i64)])
(defenum Ev Aa (Bb [n <- i64  o <- (Option (Option nil))]) (Cc [e <- Ev]))
(defn probe {:where [(Wire T)]} [p <- (Peer T T)  vs <- (Vector T)] -> nil (doseq [v vs] (println (call p v))))
(defn t1 {:in (Option (Option i64)) :out (Option (Option i64))} [] -> nil (serve (fn [v] v)))
(defn t2 {:in (Option nil) :out (Option nil)} [] -> nil (serve (fn [v] v)))
(defn t3 {:in (Result (Result i64 String) (Option nil)) :out (Result (Result i64 String) (Option nil))} [] -> nil
  (serve (fn [v] v)))
(defn t4 {:in Ev :out Ev} [] -> nil (serve (fn [v] v)))
(defn t5
  {:in (Tuple f64 char keyword Symbol BigInt Decimal String) :out (Tuple f64 char keyword Symbol BigInt Decimal String)}
  [] -> nil
  (serve (fn [v] v)))
(defn t6 {:in (Tuple Bytes Instant Duration Uuid nil bool) :out (Tuple Bytes Instant Duration Uuid nil bool)} [] -> nil
  (serve (fn [v] v)))
(defn t7 {:in (Map (Option Pt) (Set (Vector f64))) :out (Map (Option Pt) (Set (Vector f64)))} [] -> nil
  (serve (fn [v] v)))
(defn t8 {:in Edn :out Edn} [] -> nil (serve (fn [v <- Edn] -> Edn v)))
(defn t9 {:in nil :out nil} [] -> nil (serve (fn [v] v)))
(defn t10 {:in Crash :out Crash} [] -> nil (serve (fn [v] v)))
(defn e1 [e <- Edn] -> Edn e)
(defn main [] -> nil
  (probe (spawn-process t1) [None (Some None) (Some (Some 1))])
  (probe (spawn-thread t1) [None (Some None) (Some (Some 1))])
  (probe (spawn-process t2) [None (Some nil)])
  (probe (spawn-thread t2) [None (Some nil)])
  (probe (spawn-process t3) [(Ok (Ok 1)) (Ok (Err "x")) (Err None) (Err (Some nil))])
  (probe (spawn-thread t3) [(Ok (Ok 1)) (Ok (Err "x")) (Err None) (Err (Some nil))])
  (probe (spawn-process t4)
         [Ev/Aa (Ev/Bb 1 None) (Ev/Bb 2 (Some None)) (Ev/Bb 3 (Some (Some nil))) (Ev/Cc (Ev/Cc Ev/Aa))])
  (probe (spawn-process t5)
         [(tuple 1.0 \newline :a/b 'x/y 12345678901234567890N 1.500M "\u0000\"\\é😀\n")
          (tuple ##NaN \😀 :k '+ -1N -0.00M "")
          (tuple -0.0 \u0000 :a 'b 0N 1M "x")
          (tuple ##-Inf \" :a 'b 0N 1M "x")])
  (probe (spawn-thread t5)
         [(tuple 1.0 \newline :a/b 'x/y 12345678901234567890N 1.500M "\u0000\"\\é😀\n")
          (tuple ##NaN \😀 :k '+ -1N -0.00M "")])
  (probe (spawn-process t6) [(tuple (wat.string/to-bytes "hé")
                                    #inst "1969-12-31T23:59:59.999999999Z"
                                    (nanos -1500000001)
                                    #uuid "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
                                    nil
                                    true)
                             (tuple (wat.string/to-bytes "")
                                    #inst "2262-04-11T23:47:16.854775807Z"
                                    (nanos 0)
                                    #uuid "00000000-0000-0000-0000-000000000000"
                                    nil
                                    false)])
  (probe (spawn-thread t6)
         [(tuple (wat.string/to-bytes "hé")
                 #inst "1969-12-31T23:59:59.999999999Z"
                 (nanos -1500000001)
                 #uuid "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
                 nil
                 true)])
  (probe (spawn-process t7) [{None #{[1.0 ##NaN]} (Some (Pt 1 None)) #{} (Some (Pt 1 (Some 2))) #{[] [-0.0]}}])
  (probe (spawn-thread t7) [{None #{[1.0 ##NaN]} (Some (Pt 1 None)) #{} (Some (Pt 1 (Some 2))) #{[] [-0.0]}}])
  (probe (spawn-process t8)
         [(edn 1) (edn none-i) (edn (Pt 1 None)) (e1 [1 "a" nil {:a [1.5]} #{}]) (edn (Some (Some 1)))])
  (probe (spawn-thread t8)
         [(edn 1) (edn none-i) (edn (Pt 1 None)) (e1 [1 "a" nil {:a [1.5]} #{}]) (edn (Some (Some 1)))])
  (probe (spawn-process t9) [nil nil])
  (probe (spawn-thread t9) [nil])
  (match (attempt (fn [] (nth [1] 3)))
    ((Ok _) nil)
    ((Err c) (do (println (= (call (spawn-process t10) c) (Ok c))) (println (= (call (spawn-thread t10) c) (Ok c)))))))
(def none-i (first (rest [1])))
