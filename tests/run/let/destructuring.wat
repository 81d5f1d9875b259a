;; Sequential; tuples, structs by position, by name and with :keys; shadowing.
(defstruct Point [x <- i64  y <- i64])
(defn main [] -> nil
  (let [a 1 b (+ a 1) a (* b 10)] (println [a b]))
  (let [(tuple x y) (tuple 1 "one")] (println (str x y)))
  (let [(Point x y) (Point 3 4)] (println (+ x y)))
  (let [{:keys [x y]} (Point 5 6)] (println (* x y)))
  (let [{:x left} (Point 7 8)] (println left))
  (let [(tuple (Point a _) (tuple b c)) (tuple (Point 1 2) (tuple 3 4))] (println [a b c]))
  (println (let [] 1)))
