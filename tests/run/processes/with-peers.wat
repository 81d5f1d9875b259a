;; The scope ends its peers, whatever happens in it.
(defn echo {:in i64 :out i64} [] -> nil (serve (fn [n] n)))
(defn ask [n <- i64] -> (Result i64 Crash)
  (with-peers [a (spawn-process echo)
               b (spawn-thread echo)]
    (let [x (try (call a n))
          y (try (call b (+ x 1)))]
      (assert (< y 10))
      (Ok y))))
(defn main [] -> nil
  (println (ask 1))
  (println (map-err :kind (attempt (fn [] (ask 10)))))
  (println (ask 2)))
