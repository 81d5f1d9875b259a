;; The prelude's text, keywords and bytes. A room of `core.wat`, which says how definitions are written. More text is in
;; `wat.string`.
(ns wat.core)

(defn str1 "What `str` makes of each of its arguments: text bare, everything else as EDN. Example: (str1 [\"a\"]) => \"[\\\"a\\\"]\""
  {:intrinsic "show" :where [(Show T)]}
  [v <- T] -> String)

(defn str_join_all "The strings of a vector one after another."
  {:intrinsic "str_join_all"}
  [parts <- (Vector String)] -> String)

(defn count-string "The number of Unicode scalar values. Example: (count \"añb\") => 3"
  {:overload count :intrinsic "str_count"}
  [s <- String] -> i64)

(defn nth-string "The character at the position; a crash out of range. Example: (nth \"abc\" 1) => \\b"
  {:overload nth :intrinsic "str_nth"}
  [s <- String  i <- i64] -> char)

(defn empty-string? "Whether it has no characters. Example: (empty? \"\") => true"
  {:overload empty?}
  [s <- String] -> bool
  (= s ""))

(defn get-string "The character at the position, if any. Example: (get \"abc\" 1) => \\b"
  {:overload get}
  [s <- String  i <- i64] -> (Option char)
  (if (and (>= i 0) (< i (count-string s))) (Some (nth-string s i)) None))

(defn subs-from-to
  "The characters from one position to before another; a crash out of range. Example: (subs \"hello\" 1 3) => \"el\""
  {:overload subs :intrinsic "str_slice"}
  [s <- String  from <- i64  to <- i64] -> String)

(defn subs-from "The characters from a position on; a crash out of range. Example: (subs \"hello\" 3) => \"lo\""
  {:overload subs}
  [s <- String  from <- i64] -> String
  (subs-from-to s from (count-string s)))

(defn str-find "Scalar position of the first occurrence, or -1."
  {:intrinsic "str_find" :private true}
  [text <- String  part <- String] -> i64)

(defn index-of-string "The position of the first occurrence, if any. Example: (index-of \"añb\" \"b\") => 2"
  {:overload index-of}
  [text <- String  part <- String] -> (Option i64)
  (let [i (str-find text part)] (if (< i 0) None (Some i))))

(defn name "A keyword's text without the colon. Example: (name :a/b) => \"a/b\""
  {:intrinsic "keyword_name"}
  [k <- keyword] -> String)

(defn keyword "The keyword with this text; a crash where the text is no keyword. Example: (keyword \"a\") => :a"
  {:intrinsic "keyword_of"}
  [text <- String] -> keyword)

(defn count-bytes "The number of bytes. Example: (count (wat.string/to-bytes \"añb\")) => 4"
  {:overload count :intrinsic "bytes_count"}
  [b <- Bytes] -> i64)

(defn nth-bytes
  "The byte at the position, 0 to 255; a crash out of range. Example: (nth (wat.string/to-bytes \"a\") 0) => 97"
  {:overload nth :intrinsic "bytes_nth"}
  [b <- Bytes  i <- i64] -> i64)

(defn index-of-string-from
  "The position of the first occurrence at or after a position, if any. Example: (index-of \"abab\" \"ab\" 1) => 2"
  {:overload index-of}
  [text <- String  part <- String  from <- i64] -> (Option i64)
  (let [n     (count-string text)
        start (max 0 (min from n))
        i     (str-find (subs-from-to text start n) part)]
    (if (< i 0) None (Some (+ start i)))))

(defn str-find-last "Scalar position of the last occurrence, or -1."
  {:intrinsic "str_find_last" :private true}
  [text <- String  part <- String] -> i64)

(defn last-index-of-string "The position of the last occurrence, if any. Example: (last-index-of \"abab\" \"ab\") => 2"
  {:overload last-index-of}
  [text <- String  part <- String] -> (Option i64)
  (let [i (str-find-last text part)] (if (< i 0) None (Some i))))

(defn reverse-string "The characters from last to first. Example: (reverse \"abc\") => \"cba\""
  {:overload reverse}
  [s <- String] -> String
  (wat.string/from-chars (reverse-vector (wat.string/chars s))))

(defn seq-string "The characters as a Seq. Example: (vec (seq \"ab\")) => [\\a \\b]"
  {:overload seq}
  [s <- String] -> (Seq char)
  (seq-vector (wat.string/chars s)))

(defn vec-string "The characters. Example: (vec \"ab\") => [\\a \\b]"
  {:overload vec}
  [s <- String] -> (Vector char)
  (wat.string/chars s))

(defn first-string "The first character, if any. Example: (first \"abc\") => \\a"
  {:overload first}
  [s <- String] -> (Option char)
  (get-string s 0))

(defn last-string "The last character, if any. Example: (last \"abc\") => \\c"
  {:overload last}
  [s <- String] -> (Option char)
  (get-string s (- (count-string s) 1)))
