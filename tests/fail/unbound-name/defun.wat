;; error[unbound-name]
(defun f [x] x)
(defn main [] -> nil (println 1))
