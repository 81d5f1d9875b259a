;; run: --in lines --out lines FILE 4
;;
;; Conway's Game of Life: reads a board (`#` lives, anything else does not) and prints the number of generations asked
;; for. `wat --in lines --out lines life.wat 4 < life.in`
;;
;; A board is the set of its living cells, so it has no edge; the window shown is the one read.
(ns life (:use [wat.string :as string]))

(defstruct Cell [row <- i64  column <- i64])

(defn board-of [lines <- (Vector String)] -> (Set Cell)
  (set (mapcat (fn [row]
                 (keep (fn [column] (if (= (nth (nth lines row) column) \#) (Some (Cell row column)) None))
                       (vec (range (count (nth lines row))))))
               (vec (range (count lines))))))

(defn around "The eight neighbours of a cell." [cell <- Cell] -> (Vector Cell)
  (for [row    [-1 0 1]
        column [-1 0 1]
        :when (not (and (= row 0) (= column 0)))]
    (Cell (+ (:row cell) row) (+ (:column cell) column))))

(defn next-board [board <- (Set Cell)] -> (Set Cell)
  (let [neighbours (frequencies (mapcat around (vec board)))]
    (set (keep (fn [(tuple cell n)]
                 (if (or (= n 3) (and (= n 2) (contains? board cell))) (Some cell) None))
               (vec neighbours)))))

(defn draw [board <- (Set Cell)  rows <- i64  columns <- i64] -> nil
  (doseq [row (range rows)]
    (println (string/from-chars (map (fn [column] (if (contains? board (Cell row column)) \# \.))
                                     (vec (range columns)))))))

(defn read-lines [lines <- (Vector String)] -> (Vector String)
  (match (readln -> String)
    ((Some line) (read-lines (conj lines line)))
    (None        lines)))

(defn main [] -> nil
  (let [lines   (read-lines [])
        wanted  (unwrap-or (mapcat parse-i64 (first (args))) 1)
        columns (reduce max 0 (map count lines))]
    (doseq [(tuple n board) (map-indexed (fn [n board] (tuple n board))
                                         (vec (take (inc wanted) (iterate next-board (board-of lines)))))]
      (println (str "generation " n ", " (count board) " cells"))
      (draw board (count lines) columns))))
