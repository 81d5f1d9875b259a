;; A web-log desk: reads an access log in combined format and prints one report.
;;
;;     wat --in lines examples/desk/desk.wat < examples/desk/small.log
;;
;;                            desk                       reads lines, fans out, reports
;;             ┌───────────────┼───────────────┐
;;           parse          status           sizes       lines → records; classes, bursts; sizes, paths
;;        ┌────┴────┐                     ┌────┴────┐
;;     request    time               percentiles   paths
;;
;; Each node is a process and a namespace. The desk keeps a few batches under way, so that all work at once and
;; none holds more than a few batches. Where a node ends before its time the report is that node's crash.
(ns desk.desk
  (:use [desk.record :only [Batch Record Parsed]]
        [desk.report :only [Report StatusReport SizeReport Malformed]]
        [desk.parse :as parse]
        [desk.status :as status]
        [desk.sizes :as sizes]))

(def batch-size 200)
(def batches-under-way 4)
(def most-listed 10)

(defn main [] -> nil
  (match (run)
    ((Ok report) (println report))
    ((Err crash) (do (println crash)
                     (panic! "a node of the desk ended before its time" crash)))))

(defn run "The report on all of stdin, or the crash of the node that ended before its time." [] -> (Result Report Crash)
  (let [parser   (spawn-process parse/node)
        counter  (spawn-process status/node)
        measurer (spawn-process sizes/node)
        progress (try (pump parser counter measurer))]
    (close counter)
    (close measurer)
    (let [by-status (try (last-word counter))
          by-size   (try (last-word measurer))]
      (try (wait parser))
      (try (wait counter))
      (try (wait measurer))
      (Ok (report progress by-status by-size)))))

;; ---- the flow of batches

(defstruct Progress
  "How far the desk is: batches at the parser, and what came back from it so far."
  [under-way <- i64  lines <- i64  malformed <- i64  first-malformed <- (Vector Malformed)])

(defn pump "Sends all of stdin through the parser and its records on to both others."
  [parser <- (Peer Batch Parsed)
   counter <- (Peer (Vector Record) StatusReport)
   measurer <- (Peer (Vector Record) SizeReport)]
  -> (Result Progress Crash)
  (loop [progress (Progress 0 0 0 []) line 1]
    (let [lines (read-lines)]
      (if (empty? lines)
        (do (close parser)
            (drain progress parser counter measurer))
        (let [progress (if (< (:under-way progress) batches-under-way)
                         progress
                         (try (take-one progress parser counter measurer)))]
          (try (send parser (Batch line lines)))
          (recur (with progress :under-way (+ (:under-way progress) 1))
                 (+ line (count lines))))))))

(defn read-lines "The next lines, none at the end. A line that is not text counts as an empty one."
  [] -> (Vector String)
  (loop [lines []]
    (if (= (count lines) batch-size)
      lines
      (match (try-readln -> String)
        ((Ok (Some line)) (recur (conj lines line)))
        ((Ok None)        lines)
        ((Err _)          (recur (conj lines "")))))))

(defn drain "Takes what the parser still owes."
  [progress <- Progress
   parser <- (Peer Batch Parsed)
   counter <- (Peer (Vector Record) StatusReport)
   measurer <- (Peer (Vector Record) SizeReport)]
  -> (Result Progress Crash)
  (if (= (:under-way progress) 0)
    (Ok progress)
    (drain (try (take-one progress parser counter measurer)) parser counter measurer)))

(defn take-one "Takes a batch from the parser and hands its records on."
  [progress <- Progress
   parser <- (Peer Batch Parsed)
   counter <- (Peer (Vector Record) StatusReport)
   measurer <- (Peer (Vector Record) SizeReport)]
  -> (Result Progress Crash)
  (match (try (recv parser))
    ((Some parsed)
     (do (try (send counter (:records parsed)))
         (try (send measurer (:records parsed)))
         (Ok (Progress (- (:under-way progress) 1)
                       (+ (:lines progress) (:lines parsed))
                       (+ (:malformed progress) (count (:malformed parsed)))
                       (take most-listed (concat (:first-malformed progress) (:malformed parsed)))))))
    (None (panic! "the parser left before its work was done"))))

(defn last-word "What a node says when its input has ended." [p <- (Peer (Vector Record) R)] -> (Result R Crash)
  (match (try (recv p))
    ((Some r) (Ok r))
    (None     (panic! "a node ended without its report"))))

;; ---- the report

(defn report [progress <- Progress  by-status <- StatusReport  by-size <- SizeReport] -> Report
  (let [{:keys [classes bursts]} by-status
        {:keys [sizes paths]}    by-size]
    (Report :lines           (:lines progress)
            :malformed       (:malformed progress)
            :first-malformed (:first-malformed progress)
            :classes         classes
            :sizes           sizes
            :paths           paths
            :bursts          bursts
            :approximate     (or (> (:within sizes) 0) (> (:over paths) 0) (> (:missed bursts) 0)))))
