;; What a handle and a crash say of a process.
(defn echo {:in i64 :out i64} [] -> nil (serve (fn [n] n)))

(defn fails {:in i64 :out i64} [] -> nil (serve (fn [n] (/ n 0))))

(defn state [s <- wat.kernel/Status] -> keyword
  (match s
    (Status/Starting :starting)
    (Status/Running  :running)
    (Status/Stopping :stopping)
    (Status/Ended    :ended)))

(defn line-of [p <- Place] -> i64 (:line p))

(defn name-of [f <- Frame] -> String (:fn f))

(defn main [] -> nil
  (println (stopped?))
  (let [p (spawn-process echo)]
    (println (call p 1))
    (println (state (status p)))
    (println (wait p))
    (println (state (status p))))
  (match (call (spawn-process fails) 1)
    ((Ok n)      (println n))
    ((Err crash) (println (tuple (:kind crash) (map line-of (:place crash)) (map name-of (first (:trace crash))))))))
