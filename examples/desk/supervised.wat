;; The desk with its parser supervised: where the parser or a node below it ends before its time, the parser is started
;; again and what it had in hand is parsed once more.
;;
;;     wat --in lines examples/desk/supervised.wat < examples/desk/small.log
;;
;; Parsing a batch twice does no harm, so `retry` may ask again. What counts holds a state that would be lost, so the two
;; counters are peers of their own, whose crash is the desk's.
(ns desk.supervised
  (:use [desk.record :only [Batch Record Parsed]]
        [desk.report :only [Report StatusReport SizeReport]]
        [desk.parse :as parse]
        [desk.status :as status]
        [desk.sizes :as sizes]
        [desk.desk :as desk]
        [wat.supervisor :only [supervise child service retry]]))

(defn main [] -> nil
  (match (run)
    ((Ok report) (println report))
    ((Err crash) (do (println crash)
                     (panic! "a node of the desk ended before its time" crash)))))

(defn run "The report on all of stdin, or the crash of what could not be started again." [] -> (Result Report Crash)
  (let [supervisor (supervise {:restarts 100 :within (minutes 1)} (child parse/node))
        parser     (service supervisor parse/node)
        counter    (spawn-process status/node)
        measurer   (spawn-process sizes/node)
        progress   (try (pump parser counter measurer))]
    (close counter)
    (close measurer)
    (let [by-status (try (desk/last-word counter))
          by-size   (try (desk/last-word measurer))]
      (try (wait counter))
      (try (wait measurer))
      (Ok (desk/report progress by-status by-size)))))

(defn pump "Sends all of stdin through the parser and its records on to both others."
  [parser <- (Peer Batch Parsed)
   counter <- (Peer (Vector Record) StatusReport)
   measurer <- (Peer (Vector Record) SizeReport)]
  -> (Result desk/Progress Crash)
  (loop [progress (desk/Progress 0 0 0 []) line 1]
    (let [lines (desk/read-lines)]
      (if (empty? lines)
        (Ok progress)
        (let [batch  (Batch line lines)
              parsed (try (retry {:attempts 20 :backoff (millis 5)} (fn [] (call parser batch))))]
          (try (send counter (:records parsed)))
          (try (send measurer (:records parsed)))
          (recur (desk/Progress 0
                                (+ (:lines progress) (:lines parsed))
                                (+ (:malformed progress) (count (:malformed parsed)))
                                (take desk/most-listed (concat (:first-malformed progress) (:malformed parsed))))
                 (+ line (count lines))))))))
