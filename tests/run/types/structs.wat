;; Positional and keyed construction, fields, `with`, field functions, map literals where a struct is expected.
(defstruct Address [street <- String  number <- (Option i64)])
(defstruct Person "Someone." [name <- String  home <- Address  tags <- (Set keyword)])
(defalias People (Vector Person))
(defn names [people <- People] -> (Vector String) (map :name people))
(defn show [a <- Address] -> String (str (:street a) " " (unwrap-or (map str (:number a)) "?")))
(defn main [] -> nil
  (let [a (Address "Elm" (Some 5))
        p (Person :home a :tags #{} :name "Ann")
        q (with p :name "Bob" :home (with a :number None))]
    (println p)
    (println (:street (:home q)))
    (println (map show (map Person/home [p q])))
    (println (names [p q]))
    (println (show {:street "Oak"}))
    (println (show {:street "Oak" :number (Some 7)}))
    (println (= p (with p :name "Ann")))
    (println (= p q))))
