;; Text beyond the prelude: taking apart, putting together, searching. (`count nth subs index-of`
;; are prelude.)
(ns wat.string)

(defn split "The pieces between the separators; a text without one is one piece. Example: (wat.string/split \",\" \"a,b,,c\") => [\"a\" \"b\" \"\" \"c\"]"
  {:intrinsic "str_split"}
  [separator <- String  text <- String] -> (Vector String))

(defn join "The texts with the separator between them. Example: (wat.string/join \", \" [\"a\" \"b\"]) => \"a, b\""
  {:intrinsic "str_join"}
  [separator <- String  texts <- (Vector String)] -> String)

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
  (join "" (vec (repeat-times n text))))

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

(defn from-bytes "The text, where the bytes are UTF-8. Example: (wat.string/from-bytes (wat.string/to-bytes \"a\")) => \"a\""
  {:intrinsic "str_of_bytes"}
  [bytes <- Bytes] -> (Option String))
