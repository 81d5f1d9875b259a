;; Children are numbered per parent in order of spawn, threads included.
(defn quiet {:in i64 :out i64} [] -> nil (serve (fn [n] n)))
(defn main [] -> nil
  (let [a (spawn-process quiet)
        b (spawn-thread quiet)
        c (spawn-process quiet)]
    (println [(path a) (path b) (path c)])
    (println [(some? (pid a)) (some? (pid b))])))
