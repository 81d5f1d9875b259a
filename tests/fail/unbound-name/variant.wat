(defenum Light Red Green)
(defn go? [l <- Light] -> bool
  (match l
    (Light/Green true)
    ;; error[unbound-name]
    (Light/Blue false)
    (_ false)))
(defn main [] -> nil (println (go? Light/Red)))
