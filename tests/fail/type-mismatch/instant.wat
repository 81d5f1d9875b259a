;; A time span is a Duration, never a bare number.
(defn main [] -> nil
  ;; error[type-mismatch]
  (println (+ #inst "2026-01-01T00:00:00Z" 1))
  ;; error[type-mismatch]
  (println (+ (seconds 1) 1)))
