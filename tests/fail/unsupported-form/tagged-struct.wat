(defstruct Pt [x <- i64])
(defn main [] -> nil
  ;; error[unsupported-form]
  (println #user/Pt {:x 1}))
