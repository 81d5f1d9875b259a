;; Prints the nanoseconds of one fib of the first argument.
(defn fib [n <- i64] -> i64
  (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2)))))

(defn now-ns [] -> i64
  (wat.time/as-nanos (wat.time/ticks)))

(defn main [] -> nil
  (let [n     (unwrap (parse-i64 (nth (args) 0)) "a number")
        start (now-ns)
        v     (fib n)
        took  (- (now-ns) start)]
    (eprintln v)
    (println took)))
