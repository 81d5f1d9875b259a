(defn next-word [] -> String
  ;; error[contract-violation]
  (unwrap (readln -> String) "more"))
(defn worker {:in i64 :out String} [] -> nil
  (println (next-word)))
(defn main [] -> nil (ignore (wait (spawn-process worker))))
