(defstruct Job [f <- (Fn [] -> i64)])
;; error[not-wire]
(defn w {:in Job :out i64} [] -> nil nil)
(defn main [] -> nil (ignore (wait (spawn-process w))))
