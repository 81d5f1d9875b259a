;; Regular expressions, in time linear in the text whatever the pattern. The syntax is that of the Rust crate `regex`
;; (https://docs.rs/regex/#syntax): Perl's without look-around and back-references. Positions count characters.
(ns wat.regex)

(defstruct Regex "A compiled pattern; see `regex`. It stays in its process.
  Example: (map :pattern (wat.regex/regex \"b+\")) => #wat.core/Ok \"b+\""
  [resource <- Resource
   pattern  <- String])

(defstruct PatternError "Why a pattern cannot be compiled, and at which line and column of it.
  Example: (map-err :column (map :pattern (wat.regex/regex \"a(\"))) => #wat.core/Err 2"
  [pattern <- String
   message <- String
   line    <- i64
   column  <- i64])

(defstruct Match "A piece of a text: from the position `start` to before `end`.
  Example: (map :start (wat.regex/find (unwrap (wat.regex/regex \"b+\") \"a pattern\") \"abba\")) => 1"
  [text  <- String
   start <- i64
   end   <- i64])

(defn compile-within
  {:intrinsic "regex_compile" :private true}
  [pattern <- String  limit <- i64] -> (Result Resource PatternError))

(defn regex-of "The pattern, compiled; its size when compiled is at most 10 MiB. Example: (map :pattern (wat.regex/regex \"a+\")) => #wat.core/Ok \"a+\""
  {:overload regex}
  [pattern <- String] -> (Result Regex PatternError)
  (regex-within pattern 10485760))

(defn regex-within
  "The pattern, compiled to at most so many bytes. Example: (err? (wat.regex/regex \"a{9999}\" 1000)) => true"
  {:overload regex}
  [pattern <- String  limit <- i64] -> (Result Regex PatternError)
  (map (fn [resource] (Regex resource pattern)) (compile-within pattern limit)))

(defn matches {:intrinsic "regex_matches" :private true} [r <- Resource  text <- String] -> bool)

(defn match? "Whether the pattern occurs in the text; `^` and `$` tie it to the ends. Example: (wat.regex/match? (unwrap (wat.regex/regex \"b+\")) \"abba\") => true"
  [r <- Regex  text <- String] -> bool
  (matches (:resource r) text))

(defn find-in {:intrinsic "regex_find" :private true} [r <- Resource  text <- String] -> (Option Match))

(defn find
  "The first occurrence, if any. Example: (map :start (wat.regex/find (unwrap (wat.regex/regex \"b+\")) \"abba\")) => 1"
  [r <- Regex  text <- String] -> (Option Match)
  (find-in (:resource r) text))

(defn find-all-in {:intrinsic "regex_find_all" :private true} [r <- Resource  text <- String] -> (Vector Match))

(defn find-all "All occurrences that do not overlap. Example: (map :text (wat.regex/find-all (unwrap (wat.regex/regex \"[a-z]+\")) \"ab, c\")) => [\"ab\" \"c\"]"
  [r <- Regex  text <- String] -> (Vector Match)
  (find-all-in (:resource r) text))

(defn captures-in
  {:intrinsic "regex_captures" :private true}
  [r <- Resource  text <- String] -> (Option (Vector (Option Match))))

(defn captures "The first occurrence and its groups by number, 0 being the whole; None where a group took no part.
  Example: (map (fn [groups] (map (fn [g] (map :text g)) groups)) (wat.regex/captures (unwrap (wat.regex/regex \"(a)(b)?\")) \"ac\")) => [\"a\" \"a\" nil]"
  [r <- Regex  text <- String] -> (Option (Vector (Option Match)))
  (captures-in (:resource r) text))

(defn captures-all-in
  {:intrinsic "regex_captures_all" :private true}
  [r <- Resource  text <- String] -> (Vector (Vector (Option Match))))

(defn captures-all "`captures` of every occurrence. Example: (count (wat.regex/captures-all (unwrap (wat.regex/regex \"(a)\")) \"aa\")) => 2"
  [r <- Regex  text <- String] -> (Vector (Vector (Option Match)))
  (captures-all-in (:resource r) text))

(defn names-of {:intrinsic "regex_names" :private true} [r <- Resource] -> (Vector (Option String)))

(defn names "The names of the groups by number; None where one has none. Example: (wat.regex/names (unwrap (wat.regex/regex \"(?<year>[0-9]+)\"))) => [nil \"year\"]"
  [r <- Regex] -> (Vector (Option String))
  (names-of (:resource r)))

(defn named "The texts of the named groups that took part in the first occurrence. Example: (wat.regex/named (unwrap (wat.regex/regex \"(?<y>[0-9]{4})-(?<m>[0-9]+)\")) \"on 2026-01\") => {\"y\" \"2026\" \"m\" \"01\"}"
  [r <- Regex  text <- String] -> (Option (Map String String))
  (match (captures r text)
    (None None)
    ((Some groups)
     (Some (reduce (fn [found pair]
                     (match pair
                       ((tuple (Some name) (Some group)) (assoc found name (:text group)))
                       (_ found)))
                   {}
                   (zip (names r) groups))))))

(defn replace-in
  {:intrinsic "regex_replace" :private true}
  [r <- Resource  by <- String  text <- String  limit <- i64  literal <- bool] -> String)

(defn replace "Every occurrence replaced; `$1` and `${name}` stand for groups, `$$` for a dollar. Example: (wat.regex/replace (unwrap (wat.regex/regex \"(a)(b)\")) \"$2$1\" \"abab\") => \"baba\""
  [r <- Regex  by <- String  text <- String] -> String
  (replace-in (:resource r) by text 0 false))

(defn replace-first "The first occurrence replaced, as `replace` does. Example: (wat.regex/replace-first (unwrap (wat.regex/regex \"a\")) \"b\" \"aa\") => \"ba\""
  [r <- Regex  by <- String  text <- String] -> String
  (replace-in (:resource r) by text 1 false))

(defn replace-literal "Every occurrence replaced by the text as it is. Example: (wat.regex/replace-literal (unwrap (wat.regex/regex \"a\")) \"$1\" \"a\") => \"$1\""
  [r <- Regex  by <- String  text <- String] -> String
  (replace-in (:resource r) by text 0 true))

(defn replace-with "Every occurrence replaced by what the function makes of it. Example: (wat.regex/replace-with (fn [m] (str \"<\" (:text m) \">\")) (unwrap (wat.regex/regex \"b+\")) \"abba\") => \"a<bb>a\""
  [f <- (Fn [Match] -> String)  r <- Regex  text <- String] -> String
  (let [found (find-all r text)
        (tuple pieces from)
          (reduce (fn [state m]
                    (let [(tuple out at) state]
                      (tuple (conj (conj out (subs text at (:start m))) (f m)) (:end m))))
                  (tuple [] 0)
                  found)]
    (str (str_join_all pieces) (subs text from))))

(defn split-in {:intrinsic "regex_split" :private true} [r <- Resource  text <- String] -> (Vector String))

(defn split "The pieces between the occurrences. Example: (wat.regex/split (unwrap (wat.regex/regex \",\\\\s*\")) \"a, b,c\") => [\"a\" \"b\" \"c\"]"
  [r <- Regex  text <- String] -> (Vector String)
  (split-in (:resource r) text))

(defn escape "A pattern that matches just this text. Example: (wat.regex/escape \"a.b\") => \"a\\\\.b\""
  {:intrinsic "regex_escape"}
  [text <- String] -> String)
