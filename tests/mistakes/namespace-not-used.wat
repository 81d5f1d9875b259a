(defn main [] -> nil
  (println (wat.string/join ", " ["a" "b"]))
  (println (join ", " ["a" "b"])))
