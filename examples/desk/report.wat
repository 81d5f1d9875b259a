;; The desk's report, part by part.
(ns desk.report)

(defstruct Malformed
  "A line that is not a whole record: its number, counted from 1, and what is wrong with it."
  [line <- i64  reason <- String])

(defstruct Classes
  "Answers by class of status, 1xx to 5xx."
  [informational <- i64  success <- i64  redirection <- i64  client-error <- i64  server-error <- i64])

(defstruct Sizes
  "The sizes of all answers; percentiles by nearest rank. A percentile is exact where `within` is 0, else the
  true one is at most so much greater."
  [count  <- i64
   sum    <- i64
   min    <- (Option i64)
   max    <- (Option i64)
   p50    <- (Option i64)
   p90    <- (Option i64)
   p99    <- (Option i64)
   within <- i64])

(defstruct PathCount
  "How often a path was asked for; at most `over` of that may belong to other paths."
  [path <- String  count <- i64  over <- i64])

(defstruct Paths
  "The ten paths asked for most, ties by byte order; no count is more than `over` too high."
  [top <- (Vector PathCount)  over <- i64])

(defstruct Burst
  "Errors answered to one client in quick succession: the first and how many."
  [client <- String  first <- Instant  count <- i64])

(defstruct Bursts
  "How many bursts there were, those listed, and how many errors could not be looked at for want of room."
  [found <- i64  listed <- (Vector Burst)  missed <- i64])

(defstruct StatusReport
  "What the status node says at the end."
  [classes <- Classes  bursts <- Bursts])

(defstruct SizeReport
  "What the size node says at the end."
  [sizes <- Sizes  paths <- Paths])

(defstruct Report
  "All of it. `approximate` where the log held more distinct sizes, paths or clients than the desk keeps."
  [lines       <- i64
   malformed   <- i64
   first-malformed <- (Vector Malformed)
   classes     <- Classes
   sizes       <- Sizes
   paths       <- Paths
   bursts      <- Bursts
   approximate <- bool])
