;; Peers of both tiers, channels, exits and timers in one place.
(defn after-ms {:in i64 :out String} [] -> nil
  (serve (fn [ms] (do (sleep (millis ms)) (str "after " ms)))))
(defn brief {:in i64 :out i64} [] -> nil (println 1))
(defn main [] -> nil
  (let [quick (spawn-thread after-ms)
        slow  (spawn-process after-ms)
        short (spawn-process brief)
        (tuple s r) (channel 1)]
    (unwrap (send quick 1) "quick")
    (println (select (quick v (map (fn [o] (unwrap-or o "ended")) v)) (slow v (Ok "slow"))))
    (println (select (slow v "slow") (after (millis 10) "timer")))
    (unwrap (send s 7) "channel")
    (println (select (r v (unwrap-or v 0)) (slow v -1)))
    (println (recv short))
    (println (select (exit short e (map (fn [_] "ended well") e)) (after (seconds 20) (Ok "late"))))
    (unwrap (send slow 1) "slow")
    (println (let [(tuple i _) (select-any [slow])] i))))
