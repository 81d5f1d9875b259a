(defprotocol Shape (area [self <- Self] -> f64))
(extend f64 Shape
  (area [a] (* a a))
  ;; error[unknown-method]
  (aera [a] (* a a)))
(defn main [] -> nil (println (area 2.0)))
