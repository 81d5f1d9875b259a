;; A value of a megabyte in and out.
(defn main [] -> nil
  (let [v (vec (range 200000))
        p (spawn-process echo)]
    (match (call p v)
      ((Ok w) (println (tuple (= v w) (count w))))
      ((Err c) (println (:kind c))))))
(defn echo {:in (Vector i64) :out (Vector i64)} [] -> nil (serve (fn [v] v)))
