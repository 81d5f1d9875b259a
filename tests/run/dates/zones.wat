;; Fields, gaps and folds, calendar arithmetic, truncation in zones; the environment's zone is never asked.
(ns user (:use [wat.time :as time :only [Zone Civil Unit]]))

(def berlin (Zone "Europe/Berlin"))
(def new-york (Zone "America/New_York"))

(defn main [] -> nil
  (let [t #inst "2026-03-29T00:30:00Z"]
    (println (time/fields berlin t))
    (println (time/fields (Zone "-03:30") t))
    (println (time/iso berlin (time/plus t (hours 1))))
    ;; 02:30 does not exist on that day; on the other it comes twice.
    (println (time/instant berlin (Civil 2026 3 29 2 30 0 0)))
    (println (time/instant berlin (Civil 2026 10 25 2 30 0 0)))
    (println (time/instant berlin (Civil 2026 2 30 0 0 0 0)))
    (println (time/instant berlin (Civil 99999 2 3 0 0 0 0)))
    (println (time/instant berlin (Civil 2500 1 1 0 0 0 0)))
    (println (time/iso berlin (time/add-days berlin 1 #inst "2026-03-28T11:00:00Z")))
    (println (time/iso berlin (time/add-months berlin 1 #inst "2026-01-31T11:00:00Z")))
    (println (time/iso berlin (time/add-years berlin -2 #inst "2026-01-31T11:00:00Z")))
    (doseq [unit [Unit/Year Unit/Month Unit/Week Unit/Day Unit/Hour Unit/Minute Unit/Second]]
      (println (time/iso new-york (time/truncate new-york unit #inst "2026-11-01T06:30:15.25Z"))))
    (println (time/until berlin Unit/Day #inst "2026-03-28T12:00:00Z" #inst "2026-03-29T11:00:00Z"))
    (println (time/until time/utc Unit/Day #inst "2026-03-28T12:00:00Z" #inst "2026-03-29T11:00:00Z"))
    (println (time/until time/utc Unit/Month #inst "2026-03-28T12:00:00Z" #inst "2025-03-29T11:00:00Z"))
    (println (time/next-transition new-york t))
    (println (time/next-transition time/utc t))
    (println (map-err :kind (time/zone "Mars/Olympus")))
    (println (map-err :kind (time/zone "")))
    (println (> (count (time/zone-names)) 400))
    (println (map-err :message (attempt (fn [] (time/fields (Zone "Nowhere") t)))))
    (println (map-err :kind (attempt (fn [] (time/add-years berlin 1000 t)))))))
