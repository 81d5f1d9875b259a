;; Rows come as structs, tuples, scalars and Edn; a mismatch names the row and the column.
(ns user (:use [wat.sqlite :as sql :only [SqliteError Database]]))

(defstruct Person [name <- String  age <- (Option i64)  score <- f64])
(defstruct Every [b <- bool  n <- i64  x <- f64  t <- String  raw <- Bytes  at <- Instant  wait <- Duration
                  id <- Uuid  price <- Decimal  big <- BigInt  kind <- keyword  tags <- (Vector i64)  who <- (Option Person)])

(defn people [db <- Database] -> (Result (Vector Person) SqliteError)
  (sql/query db "select name, age, score from person order by name" nil))

(defn main [] -> nil
  (let [db (unwrap (sql/open ":memory:") "open")]
    (unwrap (sql/exec db "create table person (name text, age integer, score real)" nil) "create")
    (println (sql/exec db "insert into person values (?, ?, ?)" (tuple "Ada" (Some 36) 1.5)))
    (println (sql/exec db "insert into person values (:name, :age, :score)" (Person "Bob" None -0.25)))
    (println (sql/exec db
                       "insert into person values ($name, @age, :score)"
                       {"name" (edn "Cy") "age" (edn 7) "score" (edn 2)}))
    (println (sql/last-insert-id db))
    (println (people db))
    (println (map (fn [names <- (Vector String)] names) (sql/query db "select name from person where age > ?" [10])))
    (let [all (unwrap (sql/query db "select * from person order by name" nil) "rows")]
      (println (map (fn [row <- Edn] row) all)))
    (let [pairs (unwrap (sql/query db "select name, age from person order by 1" nil) "rows")]
      (println (map (fn [p <- (Tuple String (Option i64))] p) pairs)))
    (let [every (Every true -9223372036854775808 1e308 "añ\u0000b" (wat.string/to-bytes "añ")
                       #inst "2026-01-02T03:04:05.678Z" (millis 1500)
                       #uuid "00000000-0000-0000-0000-000000000001" 1.50M 123456789012345678901234567890N :shop/cart
                       [1 2 3]
                       (Some (Person "Dee" None 0.0)))]
      (unwrap (sql/exec db "create table every (b, n, x, t, raw, at, wait, id, price, big, kind, tags, who)" nil)
              "create")
      (unwrap (sql/exec db
                        "insert into every values (:b, :n, :x, :t, :raw, :at, :wait, :id, :price, :big, :kind, :tags, :who)"
                        every)
              "insert")
      (println (map (fn [e] (= e (Some every))) (sql/query-one db "select * from every" nil)))
      (println (map (fn [row <- (Option Edn)] row) (sql/query-one db "select * from every" nil))))
    ;; mistakes
    (unwrap (sql/exec db "insert into person values ('Zed', 'old', 1)" nil) "insert")
    (println (people db))
    (println (map (fn [r <- (Vector Person)] (count r)) (sql/query db "select name, age from person" nil)))
    (println (map (fn [r <- (Vector Person)] (count r)) (sql/query db "select *, 1 as more from person" nil)))
    (println (map (fn [r <- (Vector i64)] r) (sql/query db "select 1, 2" nil)))
    (println (map (fn [r <- (Vector i64)] r) (sql/query db "select null" nil)))
    (println (map (fn [r <- (Vector (Vector i64))] r) (sql/query db "select '1 2] [3'" nil)))
    (println (map (fn [r <- (Vector i64)] r) (sql/query db "select 1.5" nil)))
    (println (map (fn [r <- (Vector f64)] r) (sql/query db "select 9007199254740993" nil)))
    (println (map (fn [r <- (Vector String)] r) (sql/query db "select cast(x'ff' as text)" nil)))
    (println (sql/exec db "select ?" [##NaN]))
    (println (sql/exec db "select ?, ?" [1]))
    (println (sql/exec db "select :a" {"b" 1}))
    (println (sql/exec db "select :a" {"a" 1 "b" 2}))
    (println (sql/exec db "select ?" 5))))
