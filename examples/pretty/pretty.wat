;; run: --in lines --out lines FILE
;;
;; A JSON pretty-printer: one JSON value a line in, the same over lines out; keys stay in their order and numbers in
;; their digits. `wat --in lines --out lines pretty.wat < pretty.in`
;;
;; The parser is a function for each rule of the grammar. Each takes the text and a position and gives a value with the
;; position after it, or an error with its column; `try` hands the first error up. To read JSON at your own types there
;; is `wat.json`.
(ns pretty (:use [wat.string :as string]))

(defenum Json
  Null
  (Bool   [value <- bool])
  (Number [digits <- String])
  (Text   [raw <- String])
  (Array  [items <- (Vector Json)])
  (Object [entries <- (Vector (Tuple String Json))]))

(defstruct Fault [column <- i64  expected <- String])
(defalias Parsed (Result (Tuple Json i64) Fault))

(defn fault [at <- i64  expected <- String] -> (Result T Fault)
  (Err (Fault (inc at) expected)))

(defn glance "The character at a position; a space stands for the end." [text <- (Vector char)  at <- i64] -> char
  (get text at \space))

(defn skip "The position after white space." [text <- (Vector char)  at <- i64] -> i64
  (if (and (< at (count text)) (contains? #{\space \tab \return} (nth text at)))
    (skip text (inc at))
    at))

(defn after "The position after a text that must stand here."
  [text <- (Vector char)  at <- i64  word <- String] -> (Result i64 Fault)
  (let [to (+ at (count word))]
    (if (and (<= to (count text)) (= (string/from-chars (subvec text at to)) word))
      (Ok to)
      (fault at word))))

(defn value [text <- (Vector char)  from <- i64] -> Parsed
  (let [at (skip text from)]
    (case (glance text at)
      \n (Ok (tuple Json/Null (try (after text at "null"))))
      \t (Ok (tuple (Json/Bool true) (try (after text at "true"))))
      \f (Ok (tuple (Json/Bool false) (try (after text at "false"))))
      \" (let [(tuple raw to) (try (quoted text at))] (Ok (tuple (Json/Text raw) to)))
      \[ (items text (inc at) [])
      \{ (entries text (inc at) [])
      (number text at))))

(defn number [text <- (Vector char)  at <- i64] -> Parsed
  (let [digits (string/from-chars (take-while (fn [c] (or (string/digit? c) (contains? #{\- \+ \. \e \E} c)))
                                              (subvec text (min at (count text)))))]
    (match (parse-f64 digits)
      ((Some _) (Ok (tuple (Json/Number digits) (+ at (count digits)))))
      (None     (fault at "a value")))))

(defn quoted "A string as it is written, its quotes and escapes included."
  [text <- (Vector char)  at <- i64] -> (Result (Tuple String i64) Fault)
  (let [start (try (after text at "\""))]
    (loop [to start]
      (cond
        (>= to (count text))    (fault to "\"")
        (= (nth text to) \\)    (recur (+ to 2))
        (= (nth text to) \")    (Ok (tuple (string/from-chars (subvec text at (inc to))) (inc to)))
        :else                   (recur (inc to))))))

(defn items [text <- (Vector char)  from <- i64  found <- (Vector Json)] -> Parsed
  (let [at (skip text from)]
    (if (and (empty? found) (= (glance text at) \]))
      (Ok (tuple (Json/Array []) (inc at)))
      (let [(tuple item to) (try (value text at))
            found (conj found item)
            end   (skip text to)]
        (if (= (glance text end) \,)
          (items text (inc end) found)
          (Ok (tuple (Json/Array found) (try (after text end "]")))))))))

(defn entries [text <- (Vector char)  from <- i64  found <- (Vector (Tuple String Json))] -> Parsed
  (let [at (skip text from)]
    (if (and (empty? found) (= (glance text at) \}))
      (Ok (tuple (Json/Object []) (inc at)))
      (let [(tuple key to)  (try (quoted text at))
            colon           (try (after text (skip text to) ":"))
            (tuple held to) (try (value text colon))
            found           (conj found (tuple key held))
            end             (skip text to)]
        (if (= (glance text end) \,)
          (entries text (inc end) found)
          (Ok (tuple (Json/Object found) (try (after text end "}")))))))))

(defn whole "The one value of a line." [line <- String] -> (Result Json Fault)
  (let [text            (string/chars line)
        (tuple json to) (try (value text 0))
        end             (skip text to)]
    (if (= end (count text)) (Ok json) (fault end "the end"))))

(defn show [json <- Json  indent <- String] -> String
  (match json
    (Json/Null              "null")
    ((Json/Bool b)          (str b))
    ((Json/Number digits)   digits)
    ((Json/Text raw)        raw)
    ((Json/Array items)     (let [inner (str indent "  ")]
                              (block "[" (map (fn [item] (str inner (show item inner))) items) indent "]")))
    ((Json/Object entries)  (let [inner (str indent "  ")]
                              (block "{" (map (fn [(tuple key held)] (str inner key ": " (show held inner))) entries)
                                     indent "}")))))

(defn block [open <- String  lines <- (Vector String)  indent <- String  close <- String] -> String
  (if (empty? lines)
    (str open close)
    (str open "\n" (string/join ",\n" lines) "\n" indent close)))

(defn main [] -> nil
  (match (readln -> String)
    ((Some line)
     (do (match (whole line)
           ((Ok json)   (doseq [shown (string/lines (show json ""))] (println shown)))
           ((Err fault) (println (str "column " (:column fault) ": expected " (:expected fault)))))
         (main)))
    (None nil)))
