(defn main [] -> nil (println 1))
;; error[unbalanced-bracket]
]
