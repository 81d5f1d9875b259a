(defenum Color Red Green)
(defn main [] -> nil
  (println Color/Gren))
