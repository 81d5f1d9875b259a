;; Texts of many values, values nobody knows the type of, and pretty text.
(ns user (:use [wat.edn :as edn] [wat.string :only [lines]]))

(defstruct Point [x <- i64  y <- i64])

(defn all [text <- String] -> (Result (Vector i64) ReadError) (edn/parse-all text))
(defn points [text <- String] -> (Result (Vector Point) ReadError) (edn/parse-all text))
(defn any [text <- String] -> Edn (unwrap (edn/parse text)))

(defn main [] -> nil
  (println (all "1 2 ; three\n 3 #_ 4"))
  (println (all " ; nothing"))
  (println (map-err (fn [e] (tuple (:at e) (:line e) (:column e))) (points "{:x 1 :y 2}\n{:x 1 :y \"2\"}")))
  (println (map-err :found (all "1 [")))
  (let [e (any "{:name \"wat\" :tags #{:a} \"list\" (1 2.5 nil) [1] {:deep [{:x 7}]} :at #inst \"2026-01-01\" :p #user/Point {:x 1 :y 2}}")]
    (println (edn/type e))
    (println (mapcat edn/as-string (edn/get e :name)))
    (println (mapcat edn/as-i64 (edn/get e :name)))
    (println (edn/get e "list"))
    (println (mapcat edn/as-f64 (edn/at e ["list" 1])))
    (println (map edn/null? (edn/at e ["list" 2])))
    (println (edn/at e ["list" 3]))
    (println (edn/at e ["list" -1]))
    (println (edn/at e [[1] :deep 0 :x]))
    (println (edn/at e [:tags :a]))
    (println (edn/at e [:nope :x]))
    (println (edn/at e []))
    (println (mapcat edn/tag (edn/get e :p)))
    (println (mapcat edn/untagged (edn/get e :p)))
    (println (map edn/type (edn/get e :at)))
    (println (map count (edn/entries e)))
    (println (map (fn [xs] (map edn/type xs)) (mapcat edn/items (edn/get e "list"))))
    (println (edn/items e)))
  (let [long (any (str "{:name \"something long enough to need a line\" :points " (edn/text [(Point 1 2) (Point 3 4)])
                       " #{4} :set :list " (edn/text (vec (range 40))) "}"))]
    (doseq [line (lines (edn/pretty long))] (println line))
    (println (= (ok (edn/parse (edn/pretty long))) (Some long)))
    (println (= (ok (edn/parse (edn/pretty-within 1 long))) (Some long)))))
