;; Databases in files, by SQLite. Parameters are data, never text of the statement: a vector or a tuple for `?`, a struct or
;; a map for `:name`, nil for none. A row becomes what the place expects: a struct by the names of the columns, a tuple by
;; their order, `Edn` as a map, and a scalar where there is one column; NULL is None of an Option.
;;
;; SQL's integers are i64, Duration (nanoseconds) and bool (0 or 1); its reals f64; its texts String, keyword, Instant
;; (RFC 3339), Uuid and Decimal; its blobs Bytes. Any other wire type is kept as its EDN text.
(ns wat.sqlite)

(defstruct SqliteError
  "What a database refused: its kind (`:busy :locked :constraint :corrupt :not-a-database :read-only :full :cannot-open
  :sql :mismatch :limit :misuse :stopped :closed` and so on), SQLite's extended number (0 where wat tells the mistake), the
  statement, one line for a person, and the character of the statement at which SQLite saw the mistake, from 0.
  Example: (map-err :kind (map :path (wat.sqlite/open \"/nowhere/shop.db\"))) => #wat.core/Err :cannot-open"
  [kind     <- keyword
   code     <- i64
   sql      <- String
   message  <- String
   position <- (Option i64)])

(defstruct Database
  "An open database. It closes with its last reference; an open transaction is then taken back.
  Example: (map :path (wat.sqlite/open \":memory:\")) => #wat.core/Ok \":memory:\""
  [resource <- Resource
   path     <- String])

(defstruct Statement
  "A statement that the database has prepared, to be run many times.
  Example: (:sql (unwrap (wat.sqlite/prepare (unwrap (wat.sqlite/open \":memory:\") \"open\") \"select 1\") \"prepare\")) => \"select 1\""
  [database <- Database
   sql      <- String])

(defstruct OpenOptions
  "How to open: only for reading, only when the file exists, with a write-ahead log (readers do not wait for the writer),
  and how long to wait for a lock held by another (5 seconds where nothing is said).
  Example: (map-err :kind (map :path (wat.sqlite/open \"/nowhere/shop.db\" {:existing true}))) => #wat.core/Err :cannot-open"
  [read-only <- (Option bool)
   existing  <- (Option bool)
   wal       <- (Option bool)
   busy      <- (Option Duration)])

(defstruct QueryOptions
  "How much a query may give: rows (100,000 where nothing is said) and bytes of texts and blobs (16 MiB)."
  [rows  <- (Option i64)
   bytes <- (Option i64)])

(defn open-resource "A connection; flags: 1 read-only, 2 write-ahead log, 4 the file must exist."
  {:intrinsic "sqlite_open" :private true}
  [path <- String  flags <- i64  busy <- Duration] -> (Result Resource SqliteError))

(defn exec-resource "One statement without rows."
  {:intrinsic "sqlite_exec" :private true :where [(Wire P)]}
  [db <- Resource  sql <- String  params <- P] -> (Result nil SqliteError))

(defn script-resource "Several statements."
  {:intrinsic "sqlite_script" :private true}
  [db <- Resource  sql <- String] -> (Result nil SqliteError))

(defn rows-resource "All rows, within limits."
  {:intrinsic "sqlite_rows" :private true :where [(Wire P) (Wire R)]}
  [db <- Resource  sql <- String  params <- P  rows <- i64  bytes <- i64] -> (Result (Vector R) SqliteError))

(defn cursor-resource "A statement whose rows are taken one by one."
  {:intrinsic "sqlite_cursor" :private true :where [(Wire P)]}
  [db <- Resource  sql <- String  params <- P] -> (Result Resource SqliteError))

(defn next-row "The next row of a cursor."
  {:intrinsic "sqlite_next" :private true :where [(Wire R)]}
  [cursor <- Resource] -> (Result (Option R) SqliteError))

(defn end-cursor "No more rows."
  {:intrinsic "sqlite_end" :private true}
  [cursor <- Resource] -> nil)

(defn close-resource "Closes the connection."
  {:intrinsic "sqlite_close" :private true}
  [db <- Resource] -> (Result nil SqliteError))

(defn tell "0: the last row's number; 1: rows changed by the last statement; 2: whether a transaction is open."
  {:intrinsic "sqlite_tell" :private true}
  [db <- Resource  what <- i64] -> (Result i64 SqliteError))

(defn flag "The bit where the option is set." {:private true}
  [bit <- i64  option <- (Option bool)] -> i64
  (if (unwrap-or option false) bit 0))

(defn open
  "The database in the file, made where there is none; `:memory:` is one that ends with its handle. Foreign keys are
  enforced. A relative path, also one that a statement names as `attach` does, leads from the root's directory.
  Example: (map :path (wat.sqlite/open \":memory:\")) => #wat.core/Ok \":memory:\""
  [path <- String  options <- OpenOptions] -> (Result Database SqliteError)
  (let [flags (+ (flag 1 (:read-only options)) (flag 2 (:wal options)) (flag 4 (:existing options)))]
    (Ok (Database (try (open-resource path flags (unwrap-or (:busy options) (seconds 5)))) path))))

(defn close
  "Closes the database now; while a `fold` over it runs, an error.
  Example: (wat.sqlite/close (unwrap (wat.sqlite/open \":memory:\") \"open\")) => #wat.core/Ok nil"
  [db <- Database] -> (Result nil SqliteError)
  (close-resource (:resource db)))

(defn exec
  "Runs one statement; `changes` tells how many rows it changed.
  Example: (wat.sqlite/exec (unwrap (wat.sqlite/open \":memory:\") \"open\") \"create table t (n integer)\" nil) => #wat.core/Ok nil"
  {:where [(Wire P)]}
  [db <- Database  sql <- String  params <- P] -> (Result nil SqliteError)
  (exec-resource (:resource db) sql params))

(defn script
  "Runs the statements of a text, separated by `;`, up to the first that fails. For text of your own: it takes no parameters.
  Example: (wat.sqlite/script (unwrap (wat.sqlite/open \":memory:\") \"open\") \"create table a (n); create table b (n)\") => #wat.core/Ok nil"
  [db <- Database  sql <- String] -> (Result nil SqliteError)
  (script-resource (:resource db) sql))

(defn query
  "The rows of a statement, as values of the type that the place expects.
  Example: (map (fn [rows] (map inc rows)) (wat.sqlite/query (unwrap (wat.sqlite/open \":memory:\") \"open\") \"select ? + 1\" [40])) => #wat.core/Ok [42]"
  {:where [(Wire P) (Wire R)]}
  [db <- Database  sql <- String  params <- P  options <- QueryOptions] -> (Result (Vector R) SqliteError)
  (rows-resource (:resource db) sql params
                 (unwrap-or (:rows options) 100000)
                 (unwrap-or (:bytes options) 16777216)))

(defn query-one
  "The first row, None where there is none.
  Example: (map (fn [n] (map inc n)) (wat.sqlite/query-one (unwrap (wat.sqlite/open \":memory:\") \"open\") \"select ?\" [41])) => #wat.core/Ok 42"
  {:where [(Wire P) (Wire R)]}
  [db <- Database  sql <- String  params <- P] -> (Result (Option R) SqliteError)
  (let [cursor (try (cursor-resource (:resource db) sql params))
        row    (next-row cursor)]
    (end-cursor cursor)
    row))

(defn fold
  "Goes through the rows without holding them all: the function gives the next state out of the state and a row.
  Example: (wat.sqlite/fold (fn [sum n] (+ sum n)) 0 (unwrap (wat.sqlite/open \":memory:\") \"open\") \"values (1), (2), (3)\" nil) => #wat.core/Ok 6"
  {:where [(Wire P) (Wire R)]}
  [f <- (Fn [S R] -> S)  start <- S  db <- Database  sql <- String  params <- P] -> (Result S SqliteError)
  (let [cursor (try (cursor-resource (:resource db) sql params))
        result (fold-rows f start cursor)]
    (end-cursor cursor)
    result))

(defn fold-rows "The rest of a fold."
  {:private true :where [(Wire R)]}
  [f <- (Fn [S R] -> S)  state <- S  cursor <- Resource] -> (Result S SqliteError)
  (match (next-row cursor)
    ((Err e)         (Err e))
    ((Ok None)       (Ok state))
    ((Ok (Some row)) (fold-rows f (f state row) cursor))))

(defn prepare
  "Prepares a statement, so that a mistake in it is told here; the database keeps its plan for the next 64 statements.
  Example: (map :sql (wat.sqlite/prepare (unwrap (wat.sqlite/open \":memory:\") \"open\") \"select 1\")) => #wat.core/Ok \"select 1\""
  [db <- Database  sql <- String] -> (Result Statement SqliteError)
  (do (try (check-resource (:resource db) sql))
      (Ok (Statement db sql))))

(defn check-resource "Prepares and keeps a statement."
  {:intrinsic "sqlite_prepare" :private true}
  [db <- Resource  sql <- String] -> (Result nil SqliteError))

(defn exec-prepared
  "Like `exec`, of a prepared statement.
  Example: (let [db (unwrap (wat.sqlite/open \":memory:\") \"open\")] (wat.sqlite/exec-prepared (unwrap (wat.sqlite/prepare db \"create table t (n)\") \"prepare\") nil)) => #wat.core/Ok nil"
  {:where [(Wire P)]}
  [statement <- Statement  params <- P] -> (Result nil SqliteError)
  (exec (:database statement) (:sql statement) params))

(defn query-prepared
  "Like `query`, of a prepared statement.
  Example: (let [db (unwrap (wat.sqlite/open \":memory:\") \"open\")] (map (fn [rows] (map inc rows)) (wat.sqlite/query-prepared (unwrap (wat.sqlite/prepare db \"select ?\") \"prepare\") [1]))) => #wat.core/Ok [2]"
  {:where [(Wire P) (Wire R)]}
  [statement <- Statement  params <- P  options <- QueryOptions] -> (Result (Vector R) SqliteError)
  (query (:database statement) (:sql statement) params options))

(defn last-insert-id
  "The number of the row inserted last.
  Example: (wat.sqlite/last-insert-id (unwrap (wat.sqlite/open \":memory:\") \"open\")) => #wat.core/Ok 0"
  [db <- Database] -> (Result i64 SqliteError)
  (tell (:resource db) 0))

(defn changes
  "How many rows the last insert, update or delete changed.
  Example: (wat.sqlite/changes (unwrap (wat.sqlite/open \":memory:\") \"open\")) => #wat.core/Ok 0"
  [db <- Database] -> (Result i64 SqliteError)
  (tell (:resource db) 1))

(defn in-transaction?
  "Whether a transaction is open.
  Example: (wat.sqlite/in-transaction? (unwrap (wat.sqlite/open \":memory:\") \"open\")) => #wat.core/Ok false"
  [db <- Database] -> (Result bool SqliteError)
  (Ok (= 1 (try (tell (:resource db) 2)))))

(defn transact
  "Runs the function in a transaction: kept when it answers Ok, taken back when it answers Err or crashes (the crash goes
  on, with its cause). Within another it is a part that can be taken back alone.
  Example: (wat.sqlite/transact (unwrap (wat.sqlite/open \":memory:\") \"open\") (fn [db] (wat.sqlite/in-transaction? db))) => #wat.core/Ok true"
  [db <- Database  f <- (Fn [Database] -> (Result T SqliteError))] -> (Result T SqliteError)
  (let [inner (try (in-transaction? db))]
    (try (script db (if inner "savepoint wat" "begin immediate")))
    (match (attempt (fn [] (f db)))
      ((Ok (Ok value))
       (match (script db (if inner "release wat" "commit"))
         ((Ok _)  (Ok value))
         ((Err e) (do (take-back db inner) (Err e)))))
      ((Ok (Err e)) (do (take-back db inner) (Err e)))
      ((Err crash)  (do (take-back db inner) (panic! "a transaction crashed and was taken back" crash))))))

(defn take-back "Ends the innermost transaction without keeping it; SQLite may have ended it itself."
  {:private true}
  [db <- Database  inner <- bool] -> nil
  (ignore (script db (if inner "rollback to wat; release wat" "rollback"))))
