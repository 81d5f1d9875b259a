;; Reads what there is of `t` in `test.db`, damaged or not: the kinds of what it meets, never a crash.
(ns user (:use [wat.sqlite :as sql]))

(defn rows [] -> (Result (Vector (Tuple i64 String)) sql/SqliteError)
  (let [db (try (sql/open "test.db" {:existing true}))]
    (ignore (sql/exec db "insert into t values (null, 'more')" nil))
    (sql/query db "select n, s from t" nil)))

(println (match (rows) ((Ok found) (str (count found) " rows")) ((Err e) (str (:kind e)))))
