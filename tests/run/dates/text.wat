;; Instants and durations as texts for people and machines.
(ns user (:use [wat.time :as time :only [Zone]]))

(def tokyo (Zone "Asia/Tokyo"))

(defn main [] -> nil
  (let [t #inst "2026-01-31T12:00:00.123456789Z"]
    (println (time/format tokyo "%A %d %B %Y, %H:%M:%S.%3f %Z (%z, %:z), day %j, week %V, %I %p" t))
    (println (time/iso tokyo t))
    (println (time/iso time/utc #inst "2026-01-31T12:00:00Z"))
    (println (map-err :message (attempt (fn [] (time/format tokyo "%!" t)))))
    (println (time/parse tokyo "%Y-%m-%d %H:%M" "2026-01-31 12:00"))
    (println (time/parse tokyo "%Y-%m-%d %H:%M %z" "2026-01-31 12:00 +0000"))
    (println (time/parse tokyo "%Y-%m-%d %H:%M %Q" "2026-01-31 12:00 Europe/Berlin"))
    (println (time/parse tokyo "%d/%m/%y" "31/01/26"))
    (println (map-err :kind (time/parse tokyo "%d/%m/%Y" "31/02/2026")))
    (println (map-err :kind (time/parse tokyo "%d/%m/%Y" "31-01-2026")))
    (println (map-err :kind (time/parse tokyo "%H:%M" "12:00")))
    (doseq [text ["2026-01-31" "2026-01-31T12:00" "2026-01-31T12:00:00Z" "20260131T120000+0100"
                  "2026-01-31 12:00:00.5-08:00"]]
      (println (time/parse-iso tokyo text)))
    (doseq [text ["" "2026" "2026-13-01" "2026-01-31T25:00" "31.1.2026" "2026-01-31T12:00Zx" "9999-01-01"]]
      (println (map-err :text (time/parse-iso tokyo text))))
    (doseq [d [(nanos 0) (nanos 1500) (hours 49) (millis -1500)]]
      (println (time/duration-text d)))
    (println (time/parse-duration "2 days"))
    (println (time/parse-duration "1h2m3.5s"))
    (println (map-err :kind (time/parse-duration "soon")))
    (println (map-err :kind (time/parse-duration "9999999999h")))))
