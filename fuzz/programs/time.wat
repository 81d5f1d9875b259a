;; Texts of instants, durations, zones and patterns are refused or read; what is read is written as text that reads alike.
;; The first line of an input is a pattern and a zone's name, what follows a time.
(ns user (:use [wat.time :as time]))

(def noon #inst "2026-01-31T12:00:00.5Z")

(defn again [t <- Instant] -> String
  (let [zone (time/Zone "America/New_York")
        f    (time/fields zone t)
        civil (time/Civil (:year f) (:month f) (:day f) (:hour f) (:minute f) (:second f) (:nanosecond f))]
    (assert (= (time/parse-iso time/utc (time/iso time/utc t)) (Ok t)))
    ;; Clocks that go back show one hour twice.
    (assert (match (time/instant zone civil)
              ((Ok back) (let [late (time/as-nanos (time/between back t))] (or (= late 0) (= late 3600000000000))))
              ((Err e)   (= (:kind e) :out-of-range))))
    "accepted"))

(defn answer [input <- String] -> String
  (let [at   (unwrap-or (index-of input "\n") (count input))
        head (subs input 0 at)
        text (subs input (min (count input) (+ at 1)))]
    (match (time/zone head)
      ((Ok zone) (ignore (time/fields zone noon)))
      ((Err e)   (assert (= (:kind e) :unknown-zone))))
    (ignore (attempt (fn [] (time/format time/utc head noon))))
    (ignore (time/parse time/utc head text))
    (match (time/parse-duration text)
      ((Ok d)  (assert (= (time/parse-duration (time/duration-text d)) (Ok d))))
      ((Err _) nil))
    (match (time/parse-iso time/utc text)
      ((Ok t)  (again t))
      ((Err _) "refused"))))

(defn main {:in String :out String} [] -> nil (serve answer))
