;; Comma-separated values: rows of cells, quoted as RFC 4180 has it, and rows as structs by their header. A cell holds
;; what a text spells: a String, number, bool, keyword without its colon, char, Instant, Duration, Uuid, Bytes in base64,
;; or a variant without fields; an empty cell is None where the field is an Option. Lines end at LF, CR or CRLF; those
;; without anything are passed over. Errors name the line and the column at which the cell begins.
(ns wat.csv)

(defstruct Options
  "How cells are separated (`,`), and whether columns that the struct does not have are passed over (else they are an
  error).
  Example: (wat.csv/rows \"a;b\" {:delimiter \\;}) => #wat.core/Ok [[\"a\" \"b\"]]"
  [delimiter    <- (Option char)
   skip-unknown <- (Option bool)])

(defn delimiter-of {:private true} [options <- Options] -> char
  (unwrap-or (:delimiter options) \,))

(defn read-by
  {:intrinsic "csv_read" :private true}
  [text <- String  delimiter <- char] -> (Result (Vector (Vector String)) ReadError))

(defn rows "The cells of all rows, which may differ in length. Example: (wat.csv/rows \"a,\\\"b,c\\\"\\n1,2\\n\") => #wat.core/Ok [[\"a\" \"b,c\"] [\"1\" \"2\"]]"
  [text <- String  options <- Options] -> (Result (Vector (Vector String)) ReadError)
  (read-by text (delimiter-of options)))

(defn next-rows
  {:intrinsic "csv_next" :private true}
  [text <- String  delimiter <- char  from <- i64  line <- i64]
  -> (Option (Tuple (Vector (Result (Vector String) ReadError)) i64 i64)))

(defn row-seq "The rows, some hundred read each time that none is left; the first error is the last element. Example: (map ok? (vec (wat.csv/row-seq \"a,b\\n1,2\"))) => [true true]"
  [text <- String  options <- Options] -> (Seq (Result (Vector String) ReadError))
  (let [delimiter (delimiter-of options)]
    (unfold (fn [state]
              (let [(tuple rows at from line) state]
                (if (< at (count rows))
                  (Some (tuple (nth rows at) (tuple rows (+ at 1) from line)))
                  (match (next-rows text delimiter from line)
                    (None None)
                    ((Some (tuple rows next below)) (Some (tuple (nth rows 0) (tuple rows 1 next below))))))))
            (tuple [] 0 0 1))))

(defn decode
  {:intrinsic "csv_decode" :where [(Wire T)] :private true}
  [text <- String  delimiter <- char  skip <- bool] -> (Result (Vector T) ReadError))

(defn parse "The rows below the header as structs of the type the place expects, columns found by the fields' names. Example: (= (wat.csv/parse \"file,line,column\\na.wat,1,2\\n\") (Ok [(Place \"a.wat\" 1 2)])) => true"
  {:where [(Wire T)]}
  [text <- String  options <- Options] -> (Result (Vector T) ReadError)
  (decode text (delimiter-of options) (unwrap-or (:skip-unknown options) false)))

(defn text-by {:intrinsic "csv_text" :private true} [rows <- (Vector (Vector String))  delimiter <- char] -> String)

(defn text "The rows as text; cells are quoted where they must be. Example: (wat.csv/text [[\"a\" \"b,c\"] [\"d\\\"\" \"\"]]) => \"a,\\\"b,c\\\"\\n\\\"d\\\"\\\"\\\",\\n\""
  [rows <- (Vector (Vector String))  options <- Options] -> String
  (text-by rows (delimiter-of options)))

(defn encode
  {:intrinsic "csv_encode" :where [(Wire T)] :private true}
  [rows <- (Vector T)  delimiter <- char] -> String)

(defn print "Structs as text: a header of their fields' names, then a row for each. Example: (wat.csv/print [(Place \"a.wat\" 1 2)]) => \"file,line,column\\na.wat,1,2\\n\""
  {:where [(Wire T)]}
  [rows <- (Vector T)  options <- Options] -> String
  (encode rows (delimiter-of options)))
