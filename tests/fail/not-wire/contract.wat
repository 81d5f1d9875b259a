;; error[not-wire]
(defn worker {:in (Seq i64) :out i64} [] -> nil
  (serve (fn [s] (count s))))
(defn main [] -> nil
  (ignore (wait (spawn-process worker))))
