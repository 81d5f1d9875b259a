(defn echo {:in i64 :out i64} [] -> nil (serve (fn [n] n)))
(defn main [] -> nil
  (let [p (spawn-process echo)
        q (spawn-thread (fn {:in i64 :out i64} []
                          ;; error[not-wire]
                          (serve (fn [n] (unwrap (call p n) "p")))))]
    (println (call q 1))))
