;; What the library holds of the machine stays in its process.
(defn shown [r <- Resource] -> nil
  ;; error[not-wire]
  (println r))
(defn main [] -> nil (ignore (map shown (map :resource (wat.fs/open "/dev/null")))))
