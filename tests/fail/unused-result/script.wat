(defn f [] -> (Result i64 String) (Ok 1))
;; error[unused-result]
(f)
