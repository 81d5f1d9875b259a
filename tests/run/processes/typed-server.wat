;; A server in a process of its own: requests in, replies out, state inside.
(defenum Req (Put [k <- String  v <- i64]) (Get [k <- String]) Size)
(defenum Rep Done (Value [v <- (Option i64)]) (Count [n <- i64]))
(defn store {:in Req :out Rep} [] -> nil
  (serve-state {}
               (fn [m req]
                 (match req
                   ((Req/Put k v) (tuple (assoc m k v) Rep/Done))
                   ((Req/Get k)   (tuple m (Rep/Value (get m k))))
                   (Req/Size      (tuple m (Rep/Count (count m))))))))
(defn main [] -> nil
  (let [s (spawn-process store)]
    (println (call s (Req/Put "a" 1)))
    (println (call s (Req/Put "b" 2)))
    (println (call s (Req/Get "a")))
    (println (call s (Req/Get "z")))
    (println (call s Req/Size))
    (println (path s))
    (println (some? (pid s)))
    (println (wait s))
    (println (status s))))
