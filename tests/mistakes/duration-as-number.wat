(defn tenth [begin <- Duration  end <- Duration] -> i64
  (quot (- end begin) 10))

(defn main [] -> nil
  (println (tenth (millis 5) (millis 25))))
