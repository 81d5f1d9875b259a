;; error[unknown-attribute]
(defn f {:inn i64} [] -> nil nil)
(defn main [] -> nil (f))
