;; A child's println goes to its parent, not to the root's stdout.
(defn talker {:in i64 :out String} [] -> nil
  (println "one") (println "two"))
(defn collect [p <- (Peer i64 String)  got <- (Vector String)] -> (Vector String)
  (match (unwrap (recv p) "talker")
    ((Some s) (collect p (conj got s)))
    (None got)))
(defn main [] -> nil
  (println (collect (spawn-process talker) []))
  (println (collect (spawn-thread talker) [])))
