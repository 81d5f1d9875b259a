;; Arithmetic of instants and durations by name. `+ - * /` on them, `now`, `sleep`, `millis` and their kin are prelude.
;; Both types count nanoseconds; an Instant from 1970-01-01T00:00Z on.
(ns wat.time)

(defn ticks "A clock that only goes forward, for measuring. Example: (>= (wat.time/ticks) (nanos 0)) => true"
  {:intrinsic "ticks"}
  [] -> Duration)

(defn as-nanos "A duration in nanoseconds. Example: (wat.time/as-nanos (millis 2)) => 2000000"
  {:intrinsic "same"}
  [d <- Duration] -> i64)

(defn as-millis "A duration in whole milliseconds. Example: (wat.time/as-millis (seconds 2)) => 2000"
  [d <- Duration] -> i64
  (quot (as-nanos d) 1000000))

(defn as-seconds "A duration in seconds. Example: (wat.time/as-seconds (millis 1500)) => 1.5"
  [d <- Duration] -> f64
  (/ (f64 (as-nanos d)) 1e9))

(defn since-epoch "The time from 1970-01-01T00:00Z to the instant. Example: (wat.time/since-epoch #inst \"1970-01-01T00:00:01Z\") => #wat/duration \"1s\""
  {:intrinsic "same"}
  [t <- Instant] -> Duration)

(defn from-epoch "The instant so long after 1970-01-01T00:00Z. Example: (= (wat.time/from-epoch (seconds 0)) #inst \"1970-01-01T00:00:00Z\") => true"
  {:intrinsic "same"}
  [d <- Duration] -> Instant)

(defn between "The time from the first instant to the second.
  Example: (wat.time/between #inst \"2026-01-01T00:00:00Z\" #inst \"2026-01-01T00:01:30Z\") => #wat/duration \"90s\""
  [from <- Instant  to <- Instant] -> Duration
  (nanos (- (as-nanos (since-epoch to)) (as-nanos (since-epoch from)))))

(defn plus "The instant so much later. Example: (wat.time/between #inst \"2026-01-01T00:00:00Z\" (wat.time/plus #inst \"2026-01-01T00:00:00Z\" (seconds 2))) => #wat/duration \"2s\""
  [t <- Instant  d <- Duration] -> Instant
  (from-epoch (nanos (+ (as-nanos (since-epoch t)) (as-nanos d)))))

;; ---- time zones and the calendar
;;
;; Everything here is told its zone; the machine's own is never asked. The time zone database is inside wat.

(defstruct Zone "A time zone by its name: `Europe/Berlin`, `UTC`, `+02:00`; see `zone`.
  Example: (:hour (wat.time/fields (wat.time/Zone \"Asia/Tokyo\") #inst \"2026-01-01T00:00:00Z\")) => 9"
  [name <- String])

(defstruct TimeError "Why a text is no zone, time or duration: `:unknown-zone`, `:malformed`, `:out-of-range`.
  Example: (map-err :kind (wat.time/zone \"Nowhere\")) => #wat.core/Err :unknown-zone"
  [kind    <- keyword
   message <- String
   text    <- String])

(defenum Weekday "A day of the week. Example: (:weekday (wat.time/fields wat.time/utc #inst \"2026-01-01T00:00:00Z\")) => #wat.time.Weekday/Thursday nil"
  Monday Tuesday Wednesday Thursday Friday Saturday Sunday)

(defenum Unit "A piece of the calendar; weeks begin on Monday.
  Example: (wat.time/truncate wat.time/utc wat.time.Unit/Month #inst \"2026-02-14T12:00:00Z\") => #inst \"2026-02-01T00:00:00Z\""
  Year Month Week Day Hour Minute Second)

(defstruct Civil "What a calendar and a clock show, without a zone; months and days count from 1.
  Example: (wat.time/Civil 2026 2 28 12 0 0 0) => #wat.time/Civil {:year 2026 :month 2 :day 28 :hour 12 :minute 0 :second 0 :nanosecond 0}"
  [year <- i64  month <- i64  day <- i64  hour <- i64  minute <- i64  second <- i64  nanosecond <- i64])

(defstruct Fields "What a calendar and a clock show at an instant in a zone: with the ISO week and its year, the offset
  from UTC, whether it is daylight saving time, and what the zone is called then.
  Example: (:week (wat.time/fields wat.time/utc #inst \"2026-01-01T00:00:00Z\")) => 1"
  [year <- i64  month <- i64  day <- i64  hour <- i64  minute <- i64  second <- i64  nanosecond <- i64
   weekday      <- Weekday
   day-of-year  <- i64
   week-year    <- i64
   week         <- i64
   offset       <- Duration
   daylight     <- bool
   abbreviation <- String
   zone         <- String])

(def utc "Coordinated Universal Time. Example: (:name wat.time/utc) => \"UTC\"" (Zone "UTC"))

(defn zone
  "The zone of this name. Example: (map :name (wat.time/zone \"Europe/Berlin\")) => #wat.core/Ok \"Europe/Berlin\""
  {:intrinsic "time_zone"}
  [name <- String] -> (Result Zone TimeError))

(defn zone-names
  "The names of the time zone database. Example: (contains? (set (wat.time/zone-names)) \"Asia/Tokyo\") => true"
  {:intrinsic "time_zones"}
  [] -> (Vector String))

(defn fields-in {:intrinsic "time_fields" :private true} [zone <- String  t <- Instant] -> Fields)

(defn fields "What a calendar and a clock show in the zone. Example: (:hour (wat.time/fields (wat.time/Zone \"Asia/Tokyo\") #inst \"2026-01-01T00:00:00Z\")) => 9"
  [z <- Zone  t <- Instant] -> Fields
  (fields-in (:name z) t))

(defn instant-in {:intrinsic "time_instant" :private true} [zone <- String  c <- Civil] -> (Result Instant TimeError))

(defn instant "The instant when a calendar and a clock in the zone show this. Where clocks went forward past it, as much
  later; where they showed it twice, the first time.
  Example: (wat.time/instant wat.time/utc (wat.time/Civil 2026 1 31 12 0 0 0)) => #wat.core/Ok #inst \"2026-01-31T12:00:00Z\""
  [z <- Zone  c <- Civil] -> (Result Instant TimeError)
  (instant-in (:name z) c))

(defn format-in {:intrinsic "time_format" :private true} [zone <- String  pattern <- String  t <- Instant] -> String)

(defn format "The instant in the zone by a pattern of strftime: `%Y %m %d %H %M %S %f %z %:z %Z %a %A %b %B %j %p %V %Q` and
  so on (https://docs.rs/jiff/latest/jiff/fmt/strtime/). A crash where the pattern is none.
  Example: (wat.time/format wat.time/utc \"%d %b %Y\" #inst \"2026-01-31T12:00:00Z\") => \"31 Jan 2026\""
  [z <- Zone  pattern <- String  t <- Instant] -> String
  (format-in (:name z) pattern t))

(defn iso "The instant in the zone as RFC 3339 and ISO 8601 write it. Example: (wat.time/iso (wat.time/Zone \"+02:00\") #inst \"2026-01-31T12:00:00.5Z\") => \"2026-01-31T14:00:00.5+02:00\""
  [z <- Zone  t <- Instant] -> String
  (format z "%Y-%m-%dT%H:%M:%S%.f%:z" t))

(defn parse-in {:intrinsic "time_parse" :private true}
  [zone <- String  pattern <- String  text <- String] -> (Result Instant TimeError))

(defn parse "The instant that the text is by a pattern of strptime; in the zone where the text tells none. Example: (wat.time/parse wat.time/utc \"%d.%m.%Y\" \"31.01.2026\") => #wat.core/Ok #inst \"2026-01-31T00:00:00Z\""
  [z <- Zone  pattern <- String  text <- String] -> (Result Instant TimeError)
  (parse-in (:name z) pattern text))

(defn parse-iso-in {:intrinsic "time_parse_iso" :private true}
  [zone <- String  text <- String] -> (Result Instant TimeError))

(defn parse-iso "The instant of a text of RFC 3339 or ISO 8601; in the zone where the text tells no offset. Example: (wat.time/parse-iso wat.time/utc \"2026-01-31T12:00+01:00\") => #wat.core/Ok #inst \"2026-01-31T11:00:00Z\""
  [z <- Zone  text <- String] -> (Result Instant TimeError)
  (parse-iso-in (:name z) text))

(defn add-in {:intrinsic "time_add" :private true}
  [zone <- String  months <- i64  days <- i64  t <- Instant] -> Instant)

(defn add-months "The same day and time of day so many months later, or the last day of a shorter month. Example: (wat.time/add-months wat.time/utc 1 #inst \"2026-01-31T00:00:00Z\") => #inst \"2026-02-28T00:00:00Z\""
  [z <- Zone  n <- i64  t <- Instant] -> Instant
  (add-in (:name z) n 0 t))

(defn add-years "The same date and time of day so many years later. Example: (wat.time/add-years wat.time/utc 1 #inst \"2024-02-29T00:00:00Z\") => #inst \"2025-02-28T00:00:00Z\""
  [z <- Zone  n <- i64  t <- Instant] -> Instant
  (add-in (:name z) (* 12 n) 0 t))

(defn add-days "The same time of day so many days later, however long those days are in the zone. Example: (wat.time/add-days (wat.time/Zone \"Europe/Berlin\") 1 #inst \"2026-03-28T12:00:00Z\") => #inst \"2026-03-29T11:00:00Z\""
  [z <- Zone  n <- i64  t <- Instant] -> Instant
  (add-in (:name z) 0 n t))

(defn add-weeks "The same day of the week and time of day so many weeks later. Example: (wat.time/add-weeks wat.time/utc 1 #inst \"2026-01-01T00:00:00Z\") => #inst \"2026-01-08T00:00:00Z\""
  [z <- Zone  n <- i64  t <- Instant] -> Instant
  (add-in (:name z) 0 (* 7 n) t))

(defn start-in {:intrinsic "time_start" :private true} [zone <- String  unit <- Unit  t <- Instant] -> Instant)

(defn truncate "The first moment of the year, month, week, day, hour, minute or second in the zone. Example: (wat.time/truncate wat.time/utc wat.time.Unit/Month #inst \"2026-01-31T12:00:00Z\") => #inst \"2026-01-01T00:00:00Z\""
  [z <- Zone  unit <- Unit  t <- Instant] -> Instant
  (start-in (:name z) unit t))

(defn until-in {:intrinsic "time_until" :private true}
  [zone <- String  unit <- Unit  from <- Instant  to <- Instant] -> i64)

(defn until "How many whole units from the first instant to the second, by the calendar of the zone. Example: (wat.time/until wat.time/utc wat.time.Unit/Month #inst \"2026-01-31T00:00:00Z\" #inst \"2026-03-30T00:00:00Z\") => 1"
  [z <- Zone  unit <- Unit  from <- Instant  to <- Instant] -> i64
  (until-in (:name z) unit from to))

(defn transition-in {:intrinsic "time_transition" :private true} [zone <- String  t <- Instant] -> (Option Instant))

(defn next-transition "The first instant after this one at which the zone's clocks change. Example: (wat.time/next-transition (wat.time/Zone \"Europe/Berlin\") #inst \"2026-01-01T00:00:00Z\") => #inst \"2026-03-29T01:00:00Z\""
  [z <- Zone  t <- Instant] -> (Option Instant)
  (transition-in (:name z) t))

(defn duration-text
  "The duration for a person. Example: (wat.time/duration-text (millis 3723500)) => \"1h 2m 3s 500ms\""
  {:intrinsic "duration_text"}
  [d <- Duration] -> String)

(defn parse-duration "The duration that a text for a person is. Example: (wat.time/parse-duration \"1h 30m\") => #wat.core/Ok #wat/duration \"5400s\""
  {:intrinsic "duration_parse"}
  [text <- String] -> (Result Duration TimeError))
