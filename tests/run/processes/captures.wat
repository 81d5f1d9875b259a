;; Captured values of every wire type, defs beside them, programs within programs.
(defstruct Pt [x <- i64  y <- (Option (Option i64))])
(defenum Ev Aa (Bb [p <- Pt]))
(def table {"a" [1 2] "b" []})
(def derived (map (fn [n] (* n n)) (vec (range 5))))
(defn use-defs [k <- String] -> String (str (get table k) derived))
(defn main [] -> nil
  (let [a nil
        b true
        c 1
        d 1.5
        e \x
        f :k
        g 'sym
        h 12345678901234567890N
        i 1.50M
        j "s\n"
        k (wat.string/to-bytes "b")
        l #inst "2026-01-01"
        m (millis 5)
        n #uuid "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
        o [1 2]
        p {:a #{1}}
        q #{[1]}
        r (tuple 1 "t")
        s (Some (Some 1))
        t (if true (Ok 1) (Err "e"))
        u (Pt 1 (Some None))
        v (Ev/Bb (Pt 2 None))
        w (edn [1 2])
        x ##NaN
        y []
        z {}
        prog (fn {:in String :out String} []
               (serve (fn [_] (str [(str a b c d e f g h i j k l m n) (str o p q r s t u v w x y z)]))))
        z2 (assoc z 1 2)
        y2 (conj y "s")]
    (println (call (spawn-process prog) "go"))
    (println (= (call (spawn-process prog) "go") (call (spawn-thread prog) "go")))
    (println [z2]) (println y2))
  (println (call (spawn-process (fn {:in String :out String} [] (serve use-defs))) "a"))
  (println (call (spawn-thread (fn {:in String :out String} [] (serve use-defs))) "b"))
  (let [big (vec (range 100000)) p (spawn-process (fn {:in i64 :out i64} [] (serve (fn [i] (nth big i)))))]
    (println (call p 99999))
    (println (count big)))
  ;; nested program closure
  (let [k 7
        p (spawn-process (fn {:in i64 :out i64} []
            (let [q (spawn-process (fn {:in i64 :out i64} [] (serve (fn [n] (* k n)))))]
              (serve (fn [n] (+ k (unwrap (call q n))))))))]
    (println (call p 10))))
