(defn main [] -> nil
  ;; error[duplicate-key]
  (println {1 :a 0x1 :b}))
