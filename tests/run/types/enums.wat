;; Plain enums, variants with fields, equality, order where derived.
(defenum Level {:derive [Ord]} Low Middle High)
(defenum Event Start (Key [code <- i64]) (Text [at <- i64  text <- String]))
(defn main [] -> nil
  (println [Level/Low Level/High])
  (println (sort [Level/High Level/Low Level/Middle]))
  (println [(< Level/Low Level/High) (= Level/Low Level/Low)])
  (println [Event/Start (Event/Key 3) (Event/Text :text "x" :at 1)])
  (println (= (Event/Key 3) (Event/Key 3)))
  (println (= (Event/Key 3) Event/Start))
  (println (frequencies [Level/Low Level/Low])))
