;; What travels between the nodes of the desk: batches of raw lines, and the records made of them.
(ns desk.record
  (:use [desk.report :only [Malformed]]))

(defstruct Batch
  "Lines of the log and the number of the first of them."
  [first <- i64  lines <- (Vector String)])

(defstruct Record
  "One answer of the server: who asked, when (seconds since 1970), for what (without query), and what came back."
  [client <- String  seconds <- i64  path <- String  status <- i64  size <- i64])

(defstruct Parsed
  "What became of a batch: each of its lines is a record or malformed."
  [lines <- i64  records <- (Vector Record)  malformed <- (Vector Malformed)])
