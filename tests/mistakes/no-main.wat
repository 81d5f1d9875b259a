(defn start [] -> nil (println 1))
