;; The parser: lines to records. Under it one node parses the request field and one the time, both at once.
;;
;; A whole record is `client ident user [time] "request" status size "referer" "agent"` with single spaces
;; between, none within the unquoted fields, and a client. In quotes `\"` stands for `%22`. A status is a number
;; from 100 to 599, a size `-` (0) or up to 12 digits. Of several things wrong the first is reported, in the
;; order: "not a whole record", "status", "size", "request", "time".
(ns desk.parse
  (:use [desk.record :only [Batch Record Parsed]]
        [desk.report :only [Malformed]]
        [desk.request :as request]
        [desk.time :as time]
        [wat.string :only [split replace starts-with? ends-with?]]))

(defn node {:in Batch :out Parsed} [] -> nil
  (let [requests (spawn-process request/node)
        times    (spawn-process time/node)]
    (serve (fn [batch] (parse batch requests times)))))

(defstruct Fields
  "A line taken apart; what stands in brackets and in the first quotes is still text."
  [line <- i64  client <- String  time <- String  request <- String  status <- i64  size <- i64])

(defn parse [batch    <- Batch
             requests <- (Peer (Vector String) (Vector (Option String)))
             times    <- (Peer (Vector String) (Vector (Option i64)))] -> Parsed
  (let [start  (:first batch)
        shaped (map-indexed (fn [i line] (fields (+ start i) line)) (:lines batch))
        whole  (keep ok shaped)]
    (unwrap (send requests (map :request whole)) "the request node is gone")
    (unwrap (send times (map :time whole)) "the time node is gone")
    (assemble shaped (answer requests) (answer times))))

(defn answer [p <- (Peer (Vector String) (Vector (Option T)))] -> (Vector (Option T))
  (unwrap (unwrap (recv p) "a node under the parser crashed") "a node under the parser ended"))

(defn assemble "Puts the shaped lines together with their parsed requests and times."
  [shaped <- (Vector (Result Fields Malformed))  paths <- (Vector (Option String))  seconds <- (Vector (Option i64))]
  -> Parsed
  (let [n (count shaped)]
    (loop [i 0 j 0 records [] malformed []]
      (if (= i n)
        (Parsed n records malformed)
        (match (nth shaped i)
          ((Err m) (recur (+ i 1) j records (conj malformed m)))
          ((Ok f)
           (match (tuple (nth paths j) (nth seconds j))
             ((tuple (Some path) (Some t))
              (recur (+ i 1) (+ j 1) (conj records (Record (:client f) t path (:status f) (:size f))) malformed))
             ((tuple None _)
              (recur (+ i 1) (+ j 1) records (conj malformed (Malformed (:line f) "request"))))
             ((tuple _ None)
              (recur (+ i 1) (+ j 1) records (conj malformed (Malformed (:line f) "time")))))))))))

(defn fields [line <- i64  text <- String] -> (Result Fields Malformed)
  (match (split "\"" (replace text "\\\"" "%22"))
    ([head request middle _ " " _ ""]
     (match (tuple (split " " head) (split " " middle))
       ((tuple [client _ _ day zone ""] ["" status size ""])
        :when (and (not= client "") (starts-with? day "[") (ends-with? zone "]"))
        (Ok (Fields :line    line
                    :client  client
                    :time    (str (subs day 1) " " (subs zone 0 (- (count zone) 1)))
                    :request request
                    :status  (try (ok-or (status-of status) (Malformed line "status")))
                    :size    (try (ok-or (size-of size) (Malformed line "size"))))))
       (_ (Err (Malformed line "not a whole record")))))
    (_ (Err (Malformed line "not a whole record")))))

(defn status-of [text <- String] -> (Option i64)
  (filter (fn [n] (and (= (count text) 3) (>= n 100) (<= n 599))) (parse-i64 text)))

(defn size-of [text <- String] -> (Option i64)
  (cond
    (= text "-") (Some 0)
    (or (> (count text) 12) (starts-with? text "+") (starts-with? text "-")) None
    :else (parse-i64 text)))
