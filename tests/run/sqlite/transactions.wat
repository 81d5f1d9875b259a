;; A transaction is kept with Ok alone: an Err and a crash take it back, also an inner one.
(ns user (:use [wat.sqlite :as sql :only [Database SqliteError]]))

(defn add [db <- Database  n <- i64] -> (Result nil SqliteError)
  (sql/exec db "insert into t values (?)" [n]))

(defn both [db <- Database  a <- i64  b <- i64] -> (Result nil SqliteError)
  (do (try (add db a)) (add db b)))

(defn crashing [db <- Database  n <- i64] -> (Result i64 SqliteError)
  (do (try (add db n)) (Ok (quot n 0))))

(defn all [db <- Database] -> (Vector i64)
  (unwrap (sql/query db "select n from t order by n" nil) "all"))

(defn main [] -> nil
  (let [db (unwrap (sql/open ":memory:") "open")]
    (unwrap (sql/exec db "create table t (n integer primary key check (n < 100))" nil) "create")
    (println (sql/transact db (fn [db] (both db 1 2))))
    (println (map-err :kind (sql/transact db (fn [db] (both db 3 2)))))
    (println (map-err :message (sql/transact db (fn [db] (both db 4 100)))))
    (println (map-err (fn [c] (tuple (:kind c) (map :kind (:cause c))))
                      (attempt (fn [] (sql/transact db (fn [db] (crashing db 5)))))))
    (println (sql/in-transaction? db))
    (println (all db))
    (println (sql/transact db
                           (fn [db]
                             (do (try (add db 10))
                                 (ignore (sql/transact db (fn [db] (both db 11 10))))
                                 (ignore (sql/transact db (fn [db] (add db 12))))
                                 (ignore (attempt (fn [] (sql/transact db (fn [db] (crashing db 13))))))
                                 (sql/in-transaction? db)))))
    (println (all db))
    ;; The function may end the transaction itself.
    (println (map-err :message (sql/transact db (fn [db] (do (try (add db 20)) (sql/script db "rollback"))))))
    (println (all db))))
