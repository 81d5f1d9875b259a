(defprotocol Describe (describe [self <- Self] -> String))
(extend (Vector T) Describe
  (describe [xs]
    ;; error[missing-bound]
    (str (map describe xs))))
(extend (Option T) Describe {:where [(Ord T)]}
  (describe [x] (match x (None "none") ((Some y) (if (< y y) "odd" "one")))))
(defn main [] -> nil
  (println (describe (Some 1)))
  ;; error[missing-bound]
  (println (describe (Some #{1}))))
