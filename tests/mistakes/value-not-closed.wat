(def colours ["red" "green"]

(defn main [] -> nil
  (println (count colours)))
