;; Rows of cells and rows as structs; what is wrong with them is told with line and column.
(ns user (:use [wat.csv :as csv]))

(defenum Colour Red Green)
(defstruct Item [name <- String  count <- i64  price <- (Option Decimal)  colour <- Colour  at <- (Option Instant)])

(defn items [text <- String] -> (Result (Vector Item) ReadError) (csv/parse text))
(defn some-items [text <- String] -> (Result (Vector Item) ReadError)
  (csv/parse text {:delimiter (Some \;) :skip-unknown (Some true)}))

(defn told [result <- (Result T ReadError)] -> String
  (match result
    ((Ok _) "read")
    ((Err e)
     (str (:kind e) " at " (:at e) ", line " (:line e) ", column " (:column e) ": expected " (:expected e) ", found "
          (:found e)))))

(defn main [] -> nil
  (println (csv/rows "a,\"b \"\"q\"\", \r\nc\",d\r\n\r\n1,2\n☃,\"\""))
  (println (csv/rows ""))
  (println (csv/rows "a;b" {:delimiter (Some \;)}))
  (println (told (csv/rows "a,b\n1,\"2\n3,4\n")))
  (println (told (csv/rows "\"a\"\"")))
  (println (vec (csv/row-seq "a,b\n\n1,\"2\n3\"\nx")))
  (println (map told (vec (csv/row-seq "a,b\n1,\"2\n3,4\n"))))
  (println (vec (take 2 (csv/row-seq "a\nb\n\"c"))))
  (println (csv/rows "a,b\r\n\"c\",d\r\n"))
  (println (csv/rows "\r\n"))
  (println (= (map (fn [r] (unwrap r)) (vec (csv/row-seq "a\n\ufeff\"b\""))) (unwrap (csv/rows "a\n\ufeff\"b\""))))
  (let [text "name,count,price,colour,at\n\"tea, green\",2,1.50,Green,2026-01-31T12:00:00Z\nsalt,1,,Red,\n"]
    (println (items text))
    (println (map csv/print (items text)))
    (println (= (map csv/print (items text)) (Ok text))))
  (println (some-items "count;extra;colour;name\n1;?;Red;salt\n"))
  (doseq [text ["" "name,count,price,colour,at,more\n" "name,name\n" "name\n" "name,count,colour\nsalt,one,Red"
                "name,count,colour\nsalt,1,Red\nsalt,1,Blue" "name,count,colour\n\nsalt,1\n"
                "name,count,colour\nsalt,99999999999999999999,Red"]]
    (println (told (items text))))
  (println (csv/text [["a" "b,c"] ["\"" " d" "e\nf"] [""]]))
  (println (csv/rows (csv/text [["a" "b,c"] ["\"" " d" "e\nf"] [""]])))
  (println (map-err :message (attempt (fn [] (csv/text [["a"]] {:delimiter (Some \")})))))
  (println (map-err :message (attempt (fn [] (csv/print [[1 2]]))))))
