;; Three levels down something fails; the root sees the whole chain.
(defn leaf {:in i64 :out i64} [] -> nil (serve (fn [n] (nth [10 20] n))))
(defn middle {:in i64 :out i64} [] -> nil
  (let [p (spawn-process leaf)] (serve (fn [n] (unwrap (call p n) "leaf")))))
(defn top {:in i64 :out i64} [] -> nil
  (let [p (spawn-process middle)] (serve (fn [n] (unwrap (call p n) "middle")))))
(defn chain [c <- Crash] -> (Vector String)
  (concat [(str (:path c) " " (:kind c))]
          (match (:cause c) ((Some inner) (chain inner)) (None []))))
(defn main [] -> nil
  (let [p (spawn-process top)]
    (println (call p 1))
    (match (call p 2)
      ((Ok n) (println n))
      ((Err c) (println (chain c))))))
