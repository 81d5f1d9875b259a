;; Malformed statements, several at once, prepared ones, limits, folds, and parameters that look like SQL.
(ns user (:use [wat.sqlite :as sql :only [Database]]))

(defn numbers [db <- Database  sql <- String  options <- sql/QueryOptions] -> (Result (Vector i64) sql/SqliteError)
  (sql/query db sql nil options))

(defn main [] -> nil
  (let [db (unwrap (sql/open ":memory:") "open")]
    (println (sql/exec db "selec 1" nil))
    (println (sql/exec db "select * from nowhere" nil))
    (println (sql/exec db "select 'añ', nope" nil))
    (println (sql/exec db "" nil))
    (println (sql/exec db "select 1; select 2" nil))
    (println (sql/exec db "select '\u0000'" nil))
    (println (numbers db "create table t (n integer primary key, s text unique)" {}))
    (unwrap (sql/script db
                        "create table t (n integer primary key, s text unique); -- done\n create table u (t references t (n));")
            "script")
    (println (sql/script db "insert into t values (1, 'a'); insert into t values (1, 'b')"))
    (println (sql/exec db "insert into u values (99)" nil))
    (println (sql/exec db "insert into t values (2, ?)" ["'); drop table t; --"]))
    (println (map (fn [s <- (Option String)] s)
                  (sql/query-one db "select s from t where s = :s" {"s" "'); drop table t; --"})))
    (println (map (fn [s <- (Option String)] s) (sql/query-one db "select s from t where s = :s" {"s" "' or '1'='1"})))
    (let [add (unwrap (sql/prepare db "insert into t (s) values (?)") "prepare")
          all (unwrap (sql/prepare db "select s from t order by n") "prepare")]
      (doseq [s ["x" "y" "z"]] (println (sql/exec-prepared add [s])))
      (println (map (fn [rows <- (Vector String)] rows) (sql/query-prepared all nil))))
    (println (map :sql (sql/prepare db "insert into nowhere values (1)")))
    (println (sql/exec db "update t set s = upper(s)" nil))
    (println (sql/changes db))
    (let [counting "with recursive c(n) as (select 1 union all select n + 1 from c) select n from c"]
      (println (numbers db counting {:rows 1000}))
      (println (map count (numbers db (str counting " limit 1000") {:rows 1000})))
      (println (map-err :message (numbers db counting {:bytes 4096})))
      (println (sql/fold (fn [sum n] (+ sum n)) 0 db (str counting " limit 100000") nil))
      (println (map-err :message (sql/fold (fn [n  s <- String] (+ n (count s))) 0 db "values ('a'), (2)" nil)))
      (println (sql/fold (fn [n x] (do (println (map-err :message (sql/close db))) (+ n x))) 0 db "values (1)" nil))
      (println (map-err :kind (attempt (fn [] (sql/fold (fn [n x] (quot n x)) 1 db "values (1), (0)" nil))))))
    (println (sql/close db))
    (println (numbers db "select 1" {}))
    (println (sql/close db))))
