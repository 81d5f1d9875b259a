(defn left-below [d <- (Option Duration)  limit <- Duration] -> keyword
  (match d
    (None :none)
    ((Some left) (if (< left limit) :below :above))))

(defn leaf {:in Duration :out keyword} [] -> nil
  (serve (fn [limit] (left-below (deadline) limit))))

(defn middle {:in Duration :out keyword} [] -> nil
  (let [p (spawn-thread leaf)]
    (serve (fn [limit]
      ;; Longer than what is left, so without effect.
      (unwrap (with-deadline (hours 50) (call p limit {:timeout (hours 60)})))))))

(defn main [] -> nil
  (let [p (spawn-process middle)
        t (spawn-thread middle)]
    (println (deadline))
    (println (call p (hours 51)))
    (println (with-deadline (hours 1) (call p (hours 1))))
    ;; A timeout travels within a deadline; alone it is the caller's own business.
    (println (with-deadline (hours 1) (call t (minutes 2) {:timeout (minutes 2)})))
    (println (call t (minutes 2) {:timeout (minutes 2)}))
    ;; Within another, the nearer one.
    (println (with-deadline (minutes 1) (with-deadline (hours 9) (left-below (deadline) (minutes 2)))))
    (println (with-deadline (hours 9) (with-deadline (minutes 1) (left-below (deadline) (minutes 2)))))
    (println (with-deadline (hours 9)
               (do (with-deadline (minutes 1) 1)
                   (left-below (deadline) (minutes 2)))))
    ;; A time that has passed.
    (println (with-deadline (nanos 0) (deadline)))
    (println (with-deadline (nanos -5) (map-err :kind (call p (hours 1)))))
    (println (with-deadline (nanos 0) (map-err :executed (send t (hours 1)))))
    (println (call t (hours 99)))
    (println (trace-id))))
