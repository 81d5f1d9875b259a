;; Text beyond the prelude: taking apart, putting together, searching. (`count nth subs index-of`
;; are prelude.) Positions and widths count Unicode scalar values; white space is what Unicode calls so.
(ns wat.string)

(defn split "The pieces between the separators; a text without one is one piece. Example: (wat.string/split \",\" \"a,b,,c\") => [\"a\" \"b\" \"\" \"c\"]"
  {:intrinsic "str_split"}
  [separator <- String  text <- String] -> (Vector String))

(defn join-texts "The texts with the separator between them." {:intrinsic "str_join" :private true}
  [separator <- String  texts <- (Vector String)] -> String)

(defn join-vector "What `str` makes of the elements, with the separator between them. Example: (wat.string/join \", \" [1 2]) => \"1, 2\""
  {:overload join :on 1 :where [(Show T)]}
  [separator <- String  xs <- (Vector T)] -> String
  (join-texts separator (map-vector str1 xs)))

(defn join-seq "What `str` makes of the elements, with the separator between them. Example: (wat.string/join \"-\" (range 3)) => \"0-1-2\""
  {:overload join :on 1 :where [(Show T)]}
  [separator <- String  s <- (Seq T)] -> String
  (join-vector separator (vec-seq s)))

(defn lines "The lines, without their ends; a last line without an end counts. Example: (wat.string/lines \"a\\nb\\n\") => [\"a\" \"b\"]"
  [text <- String] -> (Vector String)
  (let [pieces (split "\n" text)
        whole  (if (ends-with? text "\n") (take (- (count pieces) 1) pieces) pieces)]
    (if (= text "") [] (map without-return whole))))

(defn without-return "The line without a carriage return at its end."
  {:private true}
  [line <- String] -> String
  (if (ends-with? line "\r") (subs line 0 (- (count line) 1)) line))

(defn trim "Without white space at either end. Example: (wat.string/trim \"  a b \") => \"a b\""
  {:intrinsic "str_trim"}
  [text <- String] -> String)

(defn upper "In capitals. Example: (wat.string/upper \"añb\") => \"AÑB\""
  {:intrinsic "str_upper"}
  [text <- String] -> String)

(defn lower "In small letters. Example: (wat.string/lower \"AÑB\") => \"añb\""
  {:intrinsic "str_lower"}
  [text <- String] -> String)

(defn starts-with? "Whether the text begins with the other. Example: (wat.string/starts-with? \"hello\" \"he\") => true"
  {:intrinsic "str_starts"}
  [text <- String  start <- String] -> bool)

(defn ends-with? "Whether the text ends with the other. Example: (wat.string/ends-with? \"hello\" \"lo\") => true"
  {:intrinsic "str_ends"}
  [text <- String  end <- String] -> bool)

(defn includes? "Whether the other occurs in the text. Example: (wat.string/includes? \"hello\" \"ell\") => true"
  {:intrinsic "str_contains"}
  [text <- String  part <- String] -> bool)

(defn replace "Each occurrence replaced. Example: (wat.string/replace \"a-b-c\" \"-\" \"+\") => \"a+b+c\""
  {:intrinsic "str_replace"}
  [text <- String  part <- String  by <- String] -> String)

(defn chars "The characters. Example: (wat.string/chars \"añ\") => [\\a \\ñ]"
  {:intrinsic "str_chars"}
  [text <- String] -> (Vector char))

(defn from-chars "The text of the characters. Example: (wat.string/from-chars [\\a \\b]) => \"ab\""
  {:intrinsic "str_from_chars"}
  [cs <- (Vector char)] -> String)

(defn blank? "Whether there is nothing but white space. Example: (wat.string/blank? \" \") => true"
  [text <- String] -> bool
  (= (trim text) ""))

(defn times "The text n times. Example: (wat.string/times 3 \"ab\") => \"ababab\""
  [n <- i64  text <- String] -> String
  (if (< n 1)
    ""
    (let [half (times (quot n 2) text)]
      (if (= (mod n 2) 1) (str half half text) (str half half)))))

(defn pad-left "The text filled up to a width on its left. Example: (wat.string/pad-left 5 \\0 \"42\") => \"00042\""
  [width <- i64  fill <- char  text <- String] -> String
  (str (times (- width (count text)) (str fill)) text))

(defn pad-right "The text filled up to a width on its right. Example: (wat.string/pad-right 4 \\. \"ab\") => \"ab..\""
  [width <- i64  fill <- char  text <- String] -> String
  (str text (times (- width (count text)) (str fill))))

(defn digit? "Whether it is one of 0 to 9. Example: (wat.string/digit? \\7) => true"
  [c <- char] -> bool
  (and (>= c \0) (<= c \9)))

(defn to-bytes "The bytes of the text in UTF-8. Example: (count (wat.string/to-bytes \"añ\")) => 3"
  {:intrinsic "bytes_of_str"}
  [text <- String] -> Bytes)

(defn from-bytes
  "The text, where the bytes are UTF-8. Example: (wat.string/from-bytes (wat.string/to-bytes \"a\")) => \"a\""
  {:intrinsic "str_of_bytes"}
  [bytes <- Bytes] -> (Option String))

(defn triml "Without white space at its start. Example: (wat.string/triml \"  a \") => \"a \""
  [text <- String] -> String
  (match (index-of text (trim text))
    ;; The trimmed text starts with what is no white space, so it occurs nowhere earlier than there.
    ((Some start) :when (not (blank? text)) (subs text start))
    (_ "")))

(defn trimr "Without white space at its end. Example: (wat.string/trimr \" a  \") => \" a\""
  [text <- String] -> String
  (let [middle (trim text)]
    (match (index-of text middle)
      ((Some start) (subs text 0 (+ start (count middle))))
      (None         ""))))

(defn capitalize "The first character in capitals, the others in small letters. Example: (wat.string/capitalize \"hELLO\") => \"Hello\""
  [text <- String] -> String
  (if (= text "") "" (str (upper (subs text 0 1)) (lower (subs text 1)))))

(defn replace-first
  "The first occurrence replaced. Example: (wat.string/replace-first \"a-b-c\" \"-\" \"+\") => \"a+b-c\""
  [text <- String  part <- String  by <- String] -> String
  (match (index-of text part)
    ((Some i) (str (subs text 0 i) by (subs text (+ i (count part)))))
    (None     text)))

(defn split-once "What is before and after the first separator, if there is one. Example: (wat.string/split-once \"=\" \"a=b=c\") => [\"a\" \"b=c\"]"
  [separator <- String  text <- String] -> (Option (Tuple String String))
  (match (index-of text separator)
    ((Some i) (Some (tuple (subs text 0 i) (subs text (+ i (count separator))))))
    (None     None)))

(defn words "The pieces between white space. Example: (wat.string/words \" a  b \") => [\"a\" \"b\"]"
  [text <- String] -> (Vector String)
  (let [cs (chars text)
        n  (count cs)]
    (loop [i 0 from 0 out []]
      (cond
        (= i n)               (if (< from i) (conj out (from-chars (subvec cs from i))) out)
        (space? (nth cs i))   (recur (+ i 1) (+ i 1) (if (< from i) (conj out (from-chars (subvec cs from i))) out))
        :else                 (recur (+ i 1) from out)))))

(defn without-start
  "The text after this start, where it has it. Example: (wat.string/without-start \"v1.2\" \"v\") => \"1.2\""
  [text <- String  start <- String] -> (Option String)
  (if (starts-with? text start) (Some (subs text (count start))) None))

(defn without-end
  "The text before this end, where it has it. Example: (wat.string/without-end \"a.wat\" \".wat\") => \"a\""
  [text <- String  end <- String] -> (Option String)
  (if (ends-with? text end) (Some (subs text 0 (- (count text) (count end)))) None))

(defn center "The text filled up to a width on both sides, an odd one more on the right. Example: (wat.string/center 5 \\* \"ab\") => \"*ab**\""
  [width <- i64  fill <- char  text <- String] -> String
  (let [more (max 0 (- width (count text)))
        left (quot more 2)]
    (str (times left (str fill)) text (times (- more left) (str fill)))))

;; ---- characters

(defn class-of
  "What Unicode says of a character: 1 letter, 2 number, 4 capital, 8 small letter, 16 white space, 32 control."
  {:intrinsic "char_class" :private true}
  [c <- char] -> i64)

(defn has-class "Whether it is of one of these classes."
  {:private true}
  [c <- char  classes <- i64] -> bool
  (not= 0 (wat.math/bit-and classes (class-of c))))

(defn letter? "Whether it is a letter of any script. Example: (wat.string/letter? \\ñ) => true" [c <- char] -> bool
  (has-class c 1))
(defn alphanumeric? "Whether it is a letter or a number of any script. Example: (wat.string/alphanumeric? \\-) => false"
  [c <- char] -> bool
  (has-class c 3))
(defn upper? "Whether it is a capital. Example: (wat.string/upper? \\Ñ) => true" [c <- char] -> bool (has-class c 4))
(defn lower? "Whether it is a small letter. Example: (wat.string/lower? \\Ñ) => false" [c <- char] -> bool
  (has-class c 8))
(defn space? "Whether it is white space. Example: (wat.string/space? \\newline) => true" [c <- char] -> bool
  (has-class c 16))
(defn control? "Whether it is a control character. Example: (wat.string/control? \\newline) => true" [c <- char] -> bool
  (has-class c 32))

(defn ascii? "Whether all characters are ASCII. Example: (wat.string/ascii? \"añb\") => false"
  [text <- String] -> bool
  (= (count text) (count (to-bytes text))))
