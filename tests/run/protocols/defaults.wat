;; Methods with a body need not be implemented; the body may call the others, and is replaced where one is given.
(defprotocol Animal
  (name-of [self <- Self] -> String)
  (sound [self <- Self] -> String "…")
  (speak [self <- Self] -> String (str (name-of self) " says " (sound self)))
  (chorus [self <- Self  n <- i64] -> (Vector String)
    (let [once (speak self)]
      (map (fn [_] once) (vec (range n))))))

(defstruct Cat [])
(defstruct Cow [n <- i64])
(defstruct Stone [])
(defstruct (Herd T) [of <- (Vector T)])
(extend Cat Animal (name-of [_] "cat") (sound [_] "meow"))
(extend Cow Animal
  (name-of [c] (str "cow " (:n c)))
  (speak [c] (str (name-of c) " chews")))
(extend Stone Animal (name-of [_] "stone"))
(extend (Herd T) Animal {:where [(Animal T)]}
  (name-of [h] (str "herd of " (count (:of h))))
  (sound [h] (match (first (:of h)) (None "nothing") ((Some a) (sound a)))))

(defn loud {:where [(Animal T)]} [a <- T] -> String (str (speak a) "!"))

(defn main [] -> nil
  (println (speak (Cat)))
  (println (speak (Cow 7)))
  (println (loud (Stone)))
  (println (chorus (Cat) 2))
  (println (loud (Herd [(Cat) (Cat)])))
  (println (loud (Herd [(Herd [(Cow 1)])])))
  (println (chorus (Herd [(Stone)]) 1)))
