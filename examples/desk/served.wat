;; The desk as a service: each request is a vector of log lines, each answer the report on them or a crash.
;;
;;     wat chaos --kill 5 --seconds 10 -- wat examples/desk/served.wat < requests
;;
;; Parsers and reporters are supervised: whichever of the desk's nodes ends before its time is started again, and what it
;; had in hand is done once more, for a report made twice does no harm.
(ns desk.served
  (:use [desk.record :only [Parsed Batch]]
        [desk.report :only [Report]]
        [desk.parse :as parse]
        [desk.status :as status]
        [desk.sizes :as sizes]
        [desk.desk :as desk]
        [wat.supervisor :only [supervise child service retry]]))

(defn main [] -> nil
  (let [supervisor (supervise {:restarts 1000 :within (minutes 1)} (child parse/node) (child reporter))
        parser     (service supervisor parse/node)
        reports    (service supervisor reporter)]
    (serve (fn [lines] (report lines parser reports)))))

(defn report "The report on the lines, or the crash that twenty attempts ended with."
  [lines <- (Vector String)  parser <- (Peer Batch Parsed)  reports <- (Peer Parsed (Result Report Crash))]
  -> (Result Report Crash)
  (let [parsed (try (again (fn [] (call parser (Batch 1 lines)))))]
    (again (fn [] (try (call reports parsed))))))

(defn again [request <- (Fn [] -> (Result T Crash))] -> (Result T Crash)
  (retry {:attempts 20 :backoff (millis 5)} request))

(defn reporter "Counts the records of each request with two nodes of its own." {:in Parsed :out (Result Report Crash)}
  [] -> nil
  (serve counted))

(defn counted [parsed <- Parsed] -> (Result Report Crash)
  (let [counter  (spawn-process status/node)
        measurer (spawn-process sizes/node)]
    (try (send counter (:records parsed)))
    (try (send measurer (:records parsed)))
    (close counter)
    (close measurer)
    (let [by-status (try (desk/last-word counter))
          by-size   (try (desk/last-word measurer))]
      (try (wait counter))
      (try (wait measurer))
      (Ok (desk/report (desk/Progress 0 (:lines parsed) (count (:malformed parsed))
                                      (take desk/most-listed (:malformed parsed)))
                       by-status
                       by-size)))))
