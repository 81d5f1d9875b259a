;; Generic implementations: their bounds are asked of the parts, as deep as the type goes.
(defstruct (Pair A B) [left <- A  right <- B])
(defenum (Tree T) Leaf (Node [left <- (Tree T)  value <- T  right <- (Tree T)]))

(defprotocol Pretty (pretty [self <- Self] -> String))
(extend i64 Pretty (pretty [n] (str n)))
(extend bool Pretty (pretty [b] (if b "yes" "no")))
(extend String Pretty (pretty [s] (str "'" s "'")))
(defn joined {:where [(Pretty T)]} [between <- String  xs <- (Vector T)] -> String
  (match xs
    ([] "")
    ([x] (pretty x))
    ([x & more] (str (pretty x) between (joined between more)))))
(extend (Vector T) Pretty {:where [(Pretty T)]}
  (pretty [xs] (str "<" (joined " " xs) ">")))
(extend (Option T) Pretty {:where [(Pretty T)]}
  (pretty [x] (match x (None "nothing") ((Some y) (str "just " (pretty y))))))
(extend (Map K V) Pretty {:where [(Pretty K) (Pretty V) (Ord K) (Hash K)]}
  (pretty [m]
    (let [entry (fn [k] (str (pretty k) ":" (pretty (unwrap (get m k)))))]
      (reduce (fn [all k] (str all (entry k) ";")) "" (sort (keys m))))))
(extend (Tuple A B) Pretty {:where [(Pretty A) (Pretty B)]}
  (pretty [(tuple a b)] (str (pretty a) "&" (pretty b))))
(extend (Pair A B) Pretty {:where [(Pretty A) (Pretty B)]}
  (pretty [p] (str "(" (pretty (:left p)) " . " (pretty (:right p)) ")")))
(extend (Tree T) Pretty {:where [(Pretty T)]}
  (pretty [t]
    (match t
      (Tree/Leaf "-")
      ((Tree/Node l v r) (str "[" (pretty l) (pretty v) (pretty r) "]")))))
;; For one argument only.
(extend (Set i64) Pretty (pretty [s] (str (count s) " numbers")))
(extend (Set String) Pretty (pretty [s] (str (count s) " texts")))

(defn both {:where [(Pretty A)]} [a <- A] -> String (pretty (tuple a (Some [a]))))

(defn main [] -> nil
  (println (pretty [1 2 3]))
  (println (pretty [[true] [] [false true]]))
  (println (pretty (Some [(Some "a") None])))
  (println (pretty {"b" [1] "a" []}))
  (println (pretty (Pair 1 (Pair "x" (tuple true [2])))))
  (println (pretty (Tree/Node (Tree/Node Tree/Leaf 1 Tree/Leaf) 2 Tree/Leaf)))
  (println (pretty (Tree/Node Tree/Leaf [1 2] Tree/Leaf)))
  (println (pretty (tuple #{1 2} #{"a"})))
  (println (both 5))
  (println (both [(Pair "l" "r")])))
