;; A script's statements may be macro calls, and a macro may make several.
(defmacro say [& words] `(do ~@(map (fn [w] `(println ~(wat.form/text w))) words)))
(say hello world)
(def after 1)
(say (f x))
(println after)
