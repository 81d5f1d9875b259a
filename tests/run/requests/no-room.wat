;; Time spent waiting for room counts: a reader that does not read holds nobody up beyond a deadline.
(defn reader {:in String :out i64} [] -> nil
  (do (sleep (millis 800))
      (serve count)))

(defn late-writes [p <- (Peer String i64)  text <- String] -> nil
  (let [start (now)]
    (do (println (map-err :kind (with-deadline (millis 40) (flood p text))))
        (println (map-err :kind (call p text {:timeout (millis 40)})))
        (println (< (- (now) start) (millis 700)))
        ;; What found no room has not been counted: this has its own answer.
        (println (call p "hello")))))

(defn flood [p <- (Peer String i64)  text <- String] -> (Result nil Crash)
  (match (send p text)
    ((Ok _) (flood p text))
    ((Err crash) (Err crash))))

(defn main [] -> nil
  (let [text (loop [s "0123456789" doublings 12] (if (> doublings 0) (recur (str s s) (dec doublings)) s))]
    (late-writes (spawn-process reader) text)
    (late-writes (spawn-thread reader) text)))
