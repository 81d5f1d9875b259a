(defenum Li Red Amber Green)
(defn f [l <- Li] -> i64
  ;; error[missing-case]
  (match l ((or Li/Red Li/Amber) 1)))
(defn main [] -> nil (println (f Li/Red)))
