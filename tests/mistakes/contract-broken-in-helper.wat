(defn log-line [text <- String] -> nil
  (println text))

(defn note [n <- i64] -> nil
  (log-line (str "got " n)))

(defn square {:in i64 :out i64} [] -> nil
  (serve (fn [n] (note n) (* n n))))

(defn main [] -> nil
  (let [p (spawn-process square)]
    (println (call p 3))))
