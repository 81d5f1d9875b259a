;; Mistakes in a macro's body are reported once, called or not; what it makes is judged at the call.
;; error[type-mismatch]
(defmacro not-code [x] 5)
;; error[unbound-name]
(defmacro unknown [x] (nowhere x))
(defmacro adds [a b] `(+ ~a ~b))
(defmacro loose [] `missing-thing)
;; error[unknown-attribute]
(defmacro odd-attribute {:in i64} [x] x)
;; error[bad-syntax]
(defmacro no-params 5)
;; error[unbound-name]
(defmacro early-user [x] (later-helper x))
(defn main [] -> nil
  ;; error[type-mismatch]
  (println (adds 1 "x"))
  ;; error[unbound-name]
  (println (loose))
  (println (early-user 1))
  (println (unknown 1))
  (println (not-code 1))
  (ignore (spawn-thread (fn {:out i64} [] (println 1)))))
(defn later-helper [x <- Form] -> Form x)
