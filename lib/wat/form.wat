;; Code as macros see it. A `Form` is one value of source text; each of its variants ends in `at`, an opaque number
;; that says where it was written and what its names mean. A form made by hand takes 0 there: its names are then
;; the caller's own, as if written at the call. Templates (`` `(if ~test ~then nil) ``) need none of this.
(ns wat.form)

;; ---- what `~` and `~@` put in a place

(defn of-form "The same code." {:overload of} [form <- Form] -> Form form)
(defn of-nil "The code of nil." {:overload of} [n <- nil] -> Form (do n (Form/Nil 0)))
(defn of-bool "The code of a bool." {:overload of} [b <- bool] -> Form (Form/Bool b 0))
(defn of-i64 "The code of an integer. Example: (wat.form/text (wat.form/of 7)) => \"7\"" {:overload of}
  [n <- i64] -> Form (Form/Int n 0))
(defn of-f64 "The code of a float." {:overload of} [x <- f64] -> Form (Form/Float x 0))
(defn of-string "The code of a text." {:overload of} [s <- String] -> Form (Form/Str s 0))
(defn of-char "The code of a character." {:overload of} [c <- char] -> Form (Form/Char c 0))
(defn of-keyword "The code of a keyword." {:overload of} [k <- keyword] -> Form (Form/Keyword k 0))
(defn of-symbol "A name, the caller's own." {:overload of} [s <- Symbol] -> Form (Form/Symbol (str s) 0))

(defn items-vector "The same forms.
  Example: (count (wat.form/items [(wat.form/of 1) (wat.form/of 2)])) => 2" {:overload items}
  [forms <- (Vector Form)] -> (Vector Form) forms)
(defn items-form "What stands in a list, vector or set; a crash where it is none of them." {:overload items}
  [form <- Form] -> (Vector Form)
  (match form
    ((Form/List items _) items)
    ((Form/Vector items _) items)
    ((Form/Set items _) items)
    (_ (panic! (str "only a list, a vector or a set holds forms, not " (text form))))))

;; ---- making and reading code

(defn symbol "A name, the caller's own. Example: (wat.form/text (wat.form/symbol \"x\")) => \"x\""
  [name <- String] -> Form (Form/Symbol name 0))
(defn list "A list of forms. Example: (wat.form/text (wat.form/list [])) => \"()\""
  [forms <- (Vector Form)] -> Form (Form/List forms 0))
(defn vector "A vector of forms. Example: (wat.form/text (wat.form/vector [])) => \"[]\""
  [forms <- (Vector Form)] -> Form (Form/Vector forms 0))

(defn name-like "A name with another text, that means what the first means where it was written.
  Example: (wat.form/text (wat.form/name-like 'a \"b\")) => \"b\""
  [form <- Form  name <- String] -> Form
  (match form
    ((Form/Symbol _ at) (Form/Symbol name at))
    (_ (Form/Symbol name 0))))

(defn name-of "The text of a name. Example: (wat.form/name-of 'x) => \"x\""
  [form <- Form] -> (Option String)
  (match form ((Form/Symbol name _) (Some name)) (_ None)))

(defn same?
  "Whether two forms are the same code, wherever they were written. Example: (wat.form/same? '(f 1) '(f 1)) => true"
  [a <- Form  b <- Form] -> bool
  (= (text a) (text b)))

(defn text "The code on one line. Example: (wat.form/text '(f [1 :a])) => \"(f [1 :a])\""
  [form <- Form] -> String
  (match form
    ((Form/Nil _) "nil")
    ((Form/Bool v _) (str v))
    ((Form/Int v _) (str v))
    ((Form/BigInt v _) (str v))
    ((Form/Float v _) (str v))
    ((Form/Decimal v _) (str v))
    ((Form/Str v _) (wat.edn/text v))
    ((Form/Char v _) (wat.edn/text v))
    ((Form/Keyword v _) (str v))
    ((Form/Symbol v _) v)
    ((Form/List items _) (str "(" (spaced items) ")"))
    ((Form/Vector items _) (str "[" (spaced items) "]"))
    ((Form/Set items _) (str "#{" (spaced items) "}"))
    ((Form/Map entries _)
     (str "{" (spaced (mapcat (fn [entry] (let [(tuple k v) entry] [k v])) entries)) "}"))
    ((Form/Tagged tag value _) (str "#" tag " " (text value)))))

(defn spaced "Forms with a blank between each." {:private true}
  [forms <- (Vector Form)] -> String
  (wat.string/join " " (map text forms)))
