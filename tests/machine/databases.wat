;; Files: read-only, missing, no database, damaged, locked by another process with a bounded wait, a wait that a stop ends.
(ns user (:use [wat.sqlite :as sql :only [Database SqliteError]]))

(defenum Ask (Hold [path <- String]) (Write [path <- String  wait <- Duration]) (Count [path <- String]) Drop)

(defn count-rows [db <- Database] -> (Result (Option i64) SqliteError)
  (sql/query-one db "select count(*) from t" nil))

(defn answer [ask <- Ask] -> (Result i64 SqliteError)
  (match ask
    ((Ask/Hold path) (let [db (try (sql/open path))] (try (sql/script db "begin immediate")) (hold db)))
    ((Ask/Write path wait)
     (let [db (try (sql/open path {:busy wait}))]
       (try (sql/exec db "insert into t values (zeroblob(10))" nil))
       (sql/changes db)))
    ((Ask/Count path) (Ok (unwrap-or (try (count-rows (try (sql/open path)))) 0)))
    (Ask/Drop (Ok 0))))

(defn held [] -> (Result i64 SqliteError) (Ok 1))

;; Holds the lock until the next request.
(defn hold [db <- Database] -> (Result i64 SqliteError)
  (do (println (held))
      (ignore (readln -> Ask))
      (try (sql/script db "rollback"))
      (Ok 2)))

(defn worker {:in Ask :out (Result i64 SqliteError)} [] -> nil (serve answer))

(defn main [] -> nil
  (let [place (unwrap (first (args)) "the path of a database that is not there yet")
        db (unwrap (sql/open place {:wal true}) "open")]
    (unwrap (sql/script db "drop table if exists t; create table t (b blob)") "create")
    (println (sql/exec db "insert into t values (?)" [(wat.string/to-bytes (wat.string/times 3000000 "x"))]))
    (println (map (fn [b <- (Option Bytes)] (map count b)) (sql/query-one db "select b from t" nil)))
    (println (map-err :message
                      (map (fn [b <- (Vector Bytes)] (count b)) (sql/query db "select b from t" nil {:bytes 2999999}))))
    (let [folder (unwrap-or (wat.path/parent place) ".")
          files  [(fs-read folder) (fs-write folder)]
          p (spawn-process worker {:authority files})
          q (spawn-process worker {:authority files})]
      (println (call p (Ask/Hold place)))
      (println (map (fn [r] (map-err :kind r)) (call q (Ask/Write place (millis 50)))))
      (println (map-err :kind (sql/transact db (fn [db] (count-rows db)))))
      (println (call q (Ask/Count place)))
      ;; The wait is a minute; a stop ends it.
      (ignore (send q (Ask/Write place (minutes 1))))
      (sleep (millis 100))
      (println (map-err :kind (stop q)))
      (println (call p Ask/Drop))
      (println (wait p)))
    (let [reader (unwrap (sql/open place {:read-only true}) "open")]
      (println (map-err :kind (sql/exec reader "insert into t values (1)" nil)))
      (println (count-rows reader))
      (println (sql/transact reader (fn [db] (count-rows db))))))
  (println (map-err :kind (map :path (sql/open "no-such.db" {:existing true}))))
  (println (map-err :kind (map :path (sql/open "/no/such/folder/x.db"))))
  (println (map-err :kind (map :path (sql/open "/tmp"))))
  (println (map-err :kind (map :path (sql/open "/proc/self/exe" {:read-only true})))))
