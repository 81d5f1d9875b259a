;; (args): children, 1 for such that may reach what the root may, else 0: nothing. All are spawned, then each is sent a request, then
;; the reply of each is taken. Prints nanoseconds per child until the last.
(defstruct Ping [n <- i64])

(defn echo {:in Ping :out Ping} [] -> nil
  (serve (fn [p] p)))

(defn now-ns [] -> i64
  (wat.time/as-nanos (wat.time/ticks)))

(defn main [] -> nil
  (let [number (fn [i] (unwrap (parse-i64 (nth (args) i)) "a number"))
        count  (number 0)
        grants (if (= (number 1) 1) [(inherit)] [])
        start  (now-ns)
        peers  (vec (map (fn [i] (spawn-process echo {:authority grants})) (range count)))]
    (doseq [p peers] (unwrap (send p (Ping 12345)) "the child is gone"))
    (doseq [p peers] (ignore (unwrap (recv p) "the child is gone")))
    (println (quot (- (now-ns) start) count))))
