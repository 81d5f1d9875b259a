;; Every way to end badly: a line names one; the answers are the child's process number, what its call gave, and what
;; its wait gave: kind, message, path, signal, exit, line of its place, requests in flight.
(ns ends)

(defenum Nest Bottom (Deeper [nest <- Nest]))

(defn main [] -> nil
  (match (readln -> String)
    ((Some "capture") (do (finish (spawn-process (holding (nested 300 Nest/Bottom)))) (main)))
    ((Some "encode")  (do (finish (spawn-process nester)) (main)))
    ((Some "ruined")  (do (finish (spawn-process ruined)) (main)))
    ((Some how)       (do (finish (spawn-process (failing how))) (main)))
    (None             nil)))

(defn finish [p <- (Peer i64 O)] -> nil
  (do (println (pid p))
      (match (call p 1)
        ((Ok _)  (println :answered))
        ((Err c) (show c)))
      (match (wait p)
        ((Ok _)  (println :well))
        ((Err c) (show c)))))

(defn show [c <- Crash] -> nil
  (println {:kind      (edn (:kind c))
            :message   (edn (:message c))
            :path      (edn (:path c))
            :program   (edn (:program c))
            :signal    (edn (:signal c))
            :exit      (edn (:exit c))
            :line      (edn (map :line (:place c)))
            :file      (edn (map :file (:place c)))
            :data      (:data c)
            :in-flight (edn (:in-flight c))}))

(defn failing [how <- String] -> (Program i64 i64)
  (fn {:in i64 :out i64} []
    (match how
      ("first"    (panic! "at the first instruction"))
      ("panic"    (serve (fn [n] (if (= n 1) (panic! "cart is empty" {:cart 17}) n))))
      ("assert"   (serve (fn [n] (do (assert (= n 2)) n))))
      ("overflow" (serve (fn [n] (+ 9223372036854775807 n))))
      ("divide"   (serve (fn [n] (/ 10 (- n 1)))))
      ("index"    (serve (fn [n] (nth [n] n))))
      ("stack"    (serve deep))
      ("unwrap"   (serve (fn [n] (+ 1 (unwrap (get [n] 5) "no sixth")))))
      ("last"     (do (ignore (readln -> i64)) (println 7) (panic! "at the last expression")))
      ("silent"   (ignore (readln -> i64)))
      (_          (sleep (hours 1))))))

(defn deep [n <- i64] -> i64 (+ 1 (deep (+ n 1))))

(defn nester {:in i64 :out Nest} [] -> nil (do (serve (fn [n] (nested (* n 300) Nest/Bottom))) nil))

(defn nested [n <- i64  nest <- Nest] -> Nest
  (if (= n 0) nest (nested (- n 1) (Nest/Deeper nest))))

(defn holding [nest <- Nest] -> (Program i64 i64)
  (fn {:in i64 :out i64} [] (serve (fn [n] (match nest (Nest/Bottom n) (_ (+ n 1)))))))

(def ruin (nth [1 2 3] (count [1 2 3])))

(defn ruined {:in i64 :out i64} [] -> nil (serve (fn [n] (+ n ruin))))
