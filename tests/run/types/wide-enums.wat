;; An enum may have thousands of variants, of which the first may have fields; a match over all of them is compiled.
(defmacro wide [name count]
  `(defenum ~name (Held [n <- i64]) ~@(vec (map (fn [n] (variant "" n)) (range 1 (number count))))))
(defmacro plain [name count] `(defenum ~name ~@(vec (map (fn [n] (variant "" n)) (range (number count))))))
(defmacro number-of [value name count]
  `(match ~value
     ~@(vec (map (fn [n] (wat.form/list [(variant (str (unwrap (wat.form/name-of name)) "/") n) (wat.form/of n)]))
                 (range 1 (number count))))
     (_ 0)))
(defn variant [before <- String  n <- i64] -> Form (wat.form/symbol (str before "V" n)))
(defn number [form <- Form] -> i64 (match form ((Form/Int n _) n) (_ (panic! "a number"))))

(wide Wide 1000)
(plain Plain 1000)

(defn place [w <- Wide] -> i64 (number-of w Wide 1000))
(defn index [p <- Plain] -> i64 (number-of p Plain 1000))

(defn echo {:in Wide :out Plain} [] -> nil
  (serve (fn [w] (match w (Wide/V999 Plain/V300) ((Wide/Held 256) Plain/V256) (_ Plain/V0)))))

(defn main [] -> nil
  (println (map place [(Wide/Held 7) Wide/V1 Wide/V255 Wide/V256 Wide/V999]))
  (println (map index [Plain/V0 Plain/V1 Plain/V255 Plain/V256 Plain/V999]))
  (println [(= Wide/V1 Wide/V257) (= Plain/V2 Plain/V258) (= (Wide/Held 256) (Wide/Held 256))])
  (println (count #{Wide/V1 Wide/V256 (Wide/Held 0) (Wide/Held 1)}))
  (println [Plain/V300 Plain/V999])
  (println [Wide/V300 (Wide/Held 300)])
  (println (from-edn (edn Wide/V513) -> Wide))
  (let [p (spawn-process echo)]
    (println (map (fn [w] (call p w)) [Wide/V999 (Wide/Held 256) Wide/V255]))))
