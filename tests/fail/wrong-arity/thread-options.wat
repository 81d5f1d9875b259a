;; Limits and authority do not exist inside one address space.
(defn w {:in i64 :out i64} [] -> nil (serve inc))
(defn main [] -> nil
  ;; error[wrong-arity]
  (ignore (wait (spawn-thread w {:limits {:heap 1000000}})))
  ;; error[wrong-arity]
  (ignore (wait (spawn-thread w {:authority []}))))
