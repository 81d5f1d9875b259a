(defprotocol Describe (describe [self <- Self] -> String))
(extend i64 Describe (describe [n] (str n)))
(extend (Vector T) Describe {:where [(Describe T)]} (describe [xs] (str (map describe xs))))
(extend (Option T) Describe {:where [(Ord T)]}
  (describe [x] (match x (None "none") ((Some y) (str (< y y))))))
(defn describe-all {:where [(Describe T)]} [xs <- (Vector T)] -> (Vector String) (map describe xs))
(defn unasked [x <- T] -> String
  ;; error[missing-bound]
  (describe x))
(defn halfway {:where [(Show T)]} [x <- T] -> (Vector String)
  ;; error[missing-bound]
  (describe-all [x]))
(defn main [] -> nil
  (println (describe [[1]]))
  ;; error[missing-bound]
  (println (describe true))
  ;; error[missing-bound]
  (println (describe-all [1.5]))
  ;; error[missing-bound]
  (println (describe [[true]]))
  ;; error[missing-bound]
  (println (map describe ["a"])))
