(defn main [] -> nil
  (let [echo (fn {:in i64 :out i64} [] (serve (fn [n] n)))]
    ;; error[not-callable-program]
    (echo)))
