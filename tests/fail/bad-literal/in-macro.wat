;; A macro that does not read is not run: its calls say no more.
(defmacro two-keys []
  ;; error[bad-literal]
  `{:a 1 :b})
(defn main [] -> nil
  (println (two-keys)))
