;; How many ways are there to put n queens on a board of n by n, none attacking another?
;;
;; Each request is a board size with the column of the first queen. Workers in threads take those columns, so a board of
;; eight is eight pieces of work over four workers. What a row may not use is three sets: columns and the two
;; diagonals.
(ns queens)

(defstruct Job "Boards of `size` whose first queen stands in `column`." [size <- i64  column <- i64])

(defn solver {:in Job :out i64} [] -> nil
  (serve (fn [job]
    (place (:size job) 1 #{(:column job)} #{(:column job)} #{(- (:column job))}))))

(defn place "The ways to fill the rows from `row` on; a queen at (r, c) holds c, r + c and r - c."
  [size <- i64  row <- i64  columns <- (Set i64)  ups <- (Set i64)  downs <- (Set i64)] -> i64
  (if (= row size)
    1
    (reduce (fn [ways column]
              (if (or (contains? columns column)
                      (contains? ups (+ row column))
                      (contains? downs (- row column)))
                ways
                (+ ways (place size (inc row) (conj columns column)
                               (conj ups (+ row column)) (conj downs (- row column))))))
            0
            (range size))))

(defn ways "All columns of the first row, dealt to the workers and summed."
  [workers <- (Vector (Peer Job i64))  size <- i64] -> i64
  (let [n (count workers)]
    (doseq [column (range size)]
      (unwrap (send (nth workers (mod column n)) (Job size column)) "a solver is gone"))
    (reduce + 0 (map (fn [column] (answer (nth workers (mod column n)))) (range size)))))

(defn answer [p <- (Peer Job i64)] -> i64
  (unwrap (unwrap (recv p) "a solver crashed") "a solver ended"))

(defn main [] -> nil
  (let [workers (map (fn [_] (spawn-thread solver)) (vec (range 4)))]
    (answer-all workers)))

(defn answer-all [workers <- (Vector (Peer Job i64))] -> nil
  (match (readln -> i64)
    ((Some size)
     (do (println {:queens size :ways (ways workers size)})
         (answer-all workers)))
    (None nil)))
