;; Each value read is kept in a database and compared with what comes back, as a parameter, a row and part of a condition.
(ns user (:use [wat.sqlite :as sql]))

(defn same? [db <- sql/Database  v <- (Tuple String i64 f64)] -> (Result bool sql/SqliteError)
  (let [(tuple s n x) v]
    (try (sql/exec db "delete from t" nil))
    (try (sql/exec db "insert into t values (?, ?, ?)" v))
    (let [back (try (sql/query-one db "select s, n, x from t where s = :s and n = :n" {"s" (edn s) "n" (edn n)}))]
      (Ok (= (Some v) back)))))

(defn main {:in (Tuple String i64 f64) :out bool} [] -> nil
  (let [db (unwrap (sql/open ":memory:") "open")]
    (unwrap (sql/exec db "create table t (s text, n integer, x real)" nil) "create")
    (serve (fn [v] (unwrap (same? db v) "echo")))))
