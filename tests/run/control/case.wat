;; `case` compares with literals and variants: a list holds several, the last form is for all others.
(defenum Light Red Amber Green)

(defn size [n <- i64] -> String (case n 0 "none" 1 "one" (2 3) "few" "many"))
(defn kind [k <- keyword] -> i64 (case k :a 1 (:b :c) 2 3))
(defn go? [l <- Light] -> bool (case l (Light/Red Light/Amber) false Light/Green true))

(println (map size [0 1 2 3 4]))
(println (map kind [:a :b :c :d]))
(println (map go? [Light/Red Light/Amber Light/Green]))
(println (case "b" "a" 1 "b" 2 0))
