;; (args): children, exchanges in each, 1 for children that may reach what the root may, else 0: nothing. Prints nanoseconds per child,
;; per exchange, and per child until its exchanges are done, its end not included.
(defstruct Ping [n <- i64])

(defn echo {:in Ping :out Ping} [] -> nil
  (serve (fn [p] p)))

(defn exchange [p <- (Peer Ping Ping)  left <- i64] -> nil
  (if (= left 0)
    nil
    (do (ignore (unwrap (call p (Ping 12345)) "the child is gone"))
        (exchange p (- left 1)))))

(defstruct Spent [exchanging <- i64  answered <- i64])

(defn children [count <- i64  exchanges <- i64  grants <- (Vector Grant)  spent <- Spent] -> Spent
  (if (= count 0)
    spent
    (let [begun (now-ns)
          p     (spawn-process echo {:authority grants})
          start (now-ns)]
      (exchange p exchanges)
      (let [end (now-ns)]
        (unwrap (wait p) "the child ends well")
        (children (- count 1) exchanges grants (Spent (+ (:exchanging spent) (- end start))
                                                      (+ (:answered spent) (- end begun))))))))

(defn now-ns [] -> i64
  (wat.time/as-nanos (wat.time/ticks)))

(defn main [] -> nil
  (let [number    (fn [i] (unwrap (parse-i64 (nth (args) i)) "a number"))
        count     (number 0)
        exchanges (number 1)
        grants    (if (= (number 2) 1) [(inherit)] [])
        start     (now-ns)
        spent     (children count exchanges grants (Spent 0 0))
        all       (- (now-ns) start)]
    (println (quot all count))
    (println (quot (:exchanging spent) (* count exchanges)))
    (println (quot (:answered spent) count))))
