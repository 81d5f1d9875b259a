(defn main [] -> nil
  (print "hello"))
