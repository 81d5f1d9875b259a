;; Macros make implementations, and call methods while they run.
(defprotocol Spell (spell [self <- Self] -> String))
(defstruct Word [text <- String])
(extend Word Spell (spell [w] (str "<" (:text w) ">")))
(defmacro spelled [form] (Form/Str (spell (Word (wat.form/text form))) 0))
(defmacro spells [ty text] `(extend ~ty Spell (spell [it] (if (= it it) ~text ""))))
(defstruct Other [n <- i64])
(spells Other "other")

(defn main [] -> nil
  (println (spelled (a b)))
  (println (spell (Other 1)))
  (println (-> (Word "x") spell)))
