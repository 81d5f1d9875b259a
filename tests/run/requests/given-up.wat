;; What a server has with its peers outlives a request that is given up while it waits for them.
(ns user (:use [wat.process :as process]))

(defn sizes {:in String :out i64} [] -> nil
  (serve (fn [s] (do (when (> (count s) 5) (sleep (millis 20))) (count s)))))

;; Fills the pipe until a request finds no room, and is given up there.
(defn flood [p <- (Peer String i64)  s <- String] -> String
  (match (send p s)
    ((Ok _) (flood p s))
    ((Err crash) (str (:kind crash)))))

(defn writer {:in bool :out String} [] -> nil
  (let [p (spawn-process sizes)
        s (loop [s "0123456789" doublings 11] (if (> doublings 0) (recur (str s s) (dec doublings)) s))]
    (serve (fn [first-time] (if first-time (flood p s) (str (map-err :kind (call p "hello"))))))))

(defn reader {:in bool :out String} [] -> nil
  (let [echo  ["-c" "while read -r line; do sleep 0.5; echo \"$line\"; done"]
        lines (process/spawn-lines "sh" echo)
        json  (process/spawn-json "sh" echo -> (Peer i64 i64))]
    (serve (fn [first-time]
      (do (when first-time (unwrap (send lines "a")) (unwrap (send json 7)))
          (let [line (map-err :kind (recv lines))]
            (str line (map-err :kind (recv json)))))))))

(defn main [] -> nil
  (let [w (spawn-process writer)
        r (spawn-process reader {:authority [(inherit)]})]
    (println (map-err :kind (call w true {:timeout (millis 60)})))
    (println (call w false {:timeout (seconds 20)}))
    (println (map-err :kind (call r true {:timeout (millis 60)})))
    (println (call r false {:timeout (seconds 20)}))))
