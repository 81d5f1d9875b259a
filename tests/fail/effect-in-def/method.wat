(defprotocol Report (report [self <- Self] -> i64))
(extend i64 Report (report [n] (do (println n) n)))
(extend bool Report (report [b] 1))
;; error[effect-in-def]
(def loud (report 1))
(def quiet (report true))
(defn main [] -> nil (println (+ loud quiet)))
