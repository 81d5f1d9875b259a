;; error[not-wire]
(defn worker {:in (Seq i64) :out i64} [] -> nil
  (println 1))
(defn main [] -> nil
  (ignore (wait (spawn-process worker))))
