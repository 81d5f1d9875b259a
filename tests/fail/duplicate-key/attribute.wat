;; error[duplicate-key]
(defn f {:in i64 :in i64} [] -> nil nil)
(defn main [] -> nil (f))
