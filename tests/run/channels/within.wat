;; A channel keeps the order and as many values as it was made for.
(defn main [] -> nil
  (let [(tuple s r) (channel 3)]
    (println (send s "a"))
    (println (send s "b"))
    (println (recv r))
    (println (send s "c"))
    (println [(recv r) (recv r)])))
