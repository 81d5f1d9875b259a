;; run: --in lines --out lines FILE 5
;;
;; The most frequent words of a text: `wat --in lines --out lines words.wat 5 < words.in`.
;;
;; Each line goes to the next of three counters, all at once; a counter answers only when its input is closed, so
;; the lines flow as fast as the pipes take them. What the counters found is merged and sorted here.
(ns words (:use [wat.string :as string]))

(defalias Counts (Map String i64))

(defn counter "Counts the words of the lines it reads; says what it has when there are no more."
  {:in String :out Counts} [] -> nil
  (println (count-words {})))

(defn count-words [counts <- Counts] -> Counts
  (match (readln -> String)
    ((Some line) (count-words (reduce add counts (words-of line))))
    (None        counts)))

(defn add [counts <- Counts  word <- String] -> Counts
  (update counts word (fn [n] (+ 1 (unwrap-or n 0)))))

(defn words-of "The words of a line in small letters." [line <- String] -> (Vector String)
  (let [letters (map (fn [c] (if (letter? c) c \space)) (string/chars (string/lower line)))]
    (remove empty? (string/split " " (string/from-chars letters)))))

(defn letter? [c <- char] -> bool
  (or (and (>= c \a) (<= c \z)) (= c \') (> c \u007f)))

(defn main [] -> nil
  (let [wanted   (unwrap-or (mapcat parse-i64 (first (args))) 10)
        counters (vec (map (fn [_] (spawn-process counter)) (range 3)))]
    (deal counters 0)
    (doseq [p counters] (close p))
    (let [counts (reduce merge-counts {} (map answer counters))]
      (doseq [(tuple word n) (take wanted (sort-by (fn [(tuple word n)] (tuple (- n) word)) counts))]
        (println (str (string/pad-left 4 \space (str n)) " " word))))))

(defn deal "Gives each line read to the next counter." [counters <- (Vector (Peer String Counts))  turn <- i64] -> nil
  (match (readln -> String)
    ((Some line)
     (do (unwrap (send (nth counters turn) line) "a counter is gone")
         (deal counters (mod (inc turn) (count counters)))))
    (None nil)))

(defn answer [p <- (Peer String Counts)] -> Counts
  (unwrap (unwrap (recv p) "a counter crashed") "a counter said nothing"))

(defn merge-counts [a <- Counts  b <- Counts] -> Counts
  (reduce (fn [sum (tuple word n)] (update sum word (fn [m] (+ n (unwrap-or m 0))))) a b))
