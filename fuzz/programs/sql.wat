;; What a text of EDN spells goes in as parameters, by position, by name and as a value of its own: it is refused or comes back; the
;; statement that follows it in the input is prepared, never run.
(ns user (:use [wat.sqlite :as sql] [wat.edn :as edn]))

(defn pair [db <- sql/Database  params <- Edn] -> (Result (Vector (Tuple Edn Edn)) sql/SqliteError)
  (sql/query db "select ?, ?" params))

(defn named [db <- sql/Database  params <- Edn] -> (Result (Vector Edn) sql/SqliteError)
  (sql/query db "select :a as a, @b as b" params))

(defn one [db <- sql/Database  text <- String] -> (Result (Option String) sql/SqliteError)
  (sql/query-one db "select ? as s where 1 = :one or true" [text]))

(defn kept [db <- sql/Database  text <- String  n <- i64] -> (Result bool sql/SqliteError)
  (do
    (try (sql/exec db "delete from t" nil))
    (try (sql/exec db "insert into t values (:s, :n)" {"s" (edn text) "n" (edn n)}))
    (let [back (try (sql/query-one db "select s, n from t where s = ?" [text]))]
      (Ok (= back (Some (tuple text n)))))))

(defn told? [e <- sql/SqliteError] -> bool (> (count (:message e)) 0))

(defn answer [db <- sql/Database  input <- String] -> String
  (let [at     (unwrap-or (index-of input "\n") (count input))
        first  (subs input 0 at)
        rest   (subs input (min (count input) (+ at 1)))
        params (edn/parse first -> Edn)]
    (match (sql/prepare db rest)
      ((Ok _)  nil)
      ((Err e) (assert (told? e))))
    (assert (unwrap (kept db input (count input)) "a text is kept"))
    (match params
      ((Err _) "refused")
      ((Ok e)
       (do
         (match (named db e)
           ((Ok rows) (assert (= (count rows) 1)))
           ((Err e)   (assert (told? e))))
         (match (pair db e)
           ((Ok rows) (do (assert (= (count rows) 1)) "accepted"))
           ((Err e)   (do (assert (told? e)) "refused"))))))))

(defn main {:in String :out String} [] -> nil
  (let [db (unwrap (sql/open ":memory:") "open")]
    (unwrap (sql/exec db "create table t (s text, n integer)" nil) "create")
    (serve (fn [input] (answer db input)))))
