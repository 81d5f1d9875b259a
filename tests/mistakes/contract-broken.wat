(defn report [n <- i64] -> nil
  (println (str "got " n)))
(defn worker {:in i64 :out i64} [] -> nil
  (match (readln)
    ((Some n) (report n))
    (None nil)))
(defn main [] -> nil (ignore (wait (spawn-process worker))))
