;; Many peers one after another and at once; the next number counts them all.
(defn echo {:in i64 :out i64} [] -> nil (serve inc))
(defn main [] -> nil
  (println (loop [i 0 ok 0] (if (= i 60) ok (recur (+ i 1) (+ ok (if (ok? (call (spawn-process echo) i)) 1 0))))))
  (println (loop [i 0 ok 0] (if (= i 300) ok (recur (+ i 1) (+ ok (if (ok? (call (spawn-thread echo) i)) 1 0))))))
  (let [ps (map (fn [_] (spawn-process echo)) (vec (range 30)))]
    (println (reduce + 0 (map (fn [p] (unwrap (call p 1))) ps))))
  (let [ps (map (fn [_] (spawn-thread echo)) (vec (range 60)))]
    (println (reduce + 0 (map (fn [p] (unwrap (call p 1))) ps))))
  (println (loop [i 0 ok 0]
             (if (= i 40)
               ok
               (recur (+ i 1)
                      (+ ok
                         (match (attempt (fn []
                                  (let [p (spawn-thread echo) q (spawn-process echo)]
                                    (do (ignore (call p 1)) (ignore (call q 1)) (/ 1 0)))))
                           ((Ok _) 0)
                           ((Err _) 1)))))))
  (println (path (spawn-thread echo))))
