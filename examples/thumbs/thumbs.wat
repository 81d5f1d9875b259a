;; run: --in lines --out lines FILE
;;
;; Thumbnails by a command from outside wat: a pool of workers, each with a `thumb.py` of its own that answers JSON at
;; the types below. Each line of the input is the path of an image; a picture of each is printed, in their order.
;;
;; A worker takes the next image when it has answered, so however long the list is, three images are at work and no
;; more. A script that crashed would be the crash of its worker, told in the place of its image; the others go on.
;; Commands are started with all that their user may, so the workers inherit it.
(ns thumbs (:use [wat.process :as process] [wat.string :as string]))

(defstruct Job [file <- String  width <- i64])

(defstruct Thumb "Rows of lightness from 0 to 1." [file <- String  rows <- (Vector (Vector f64))])

(defn worker {:in Job :out (Result Thumb String)} [] -> nil
  (with-peers [p (process/spawn-json "python3" ["thumb.py"] -> (Peer Job (Result Thumb String)))]
    (serve (fn [job] (unwrap (call p job {:timeout (seconds 30)}) "the script crashed")))))

(defn main [] -> nil
  (let [jobs (map (fn [file] (Job file 16)) (lines []))]
    (doseq [answer (pool-map (pool 3 worker {:authority [(inherit)]}) jobs)]
      (match answer
        ((Ok (Ok thumb)) (draw thumb))
        ((Ok (Err why))  (println (str "! " why)))
        ((Err crash)     (println (str "! " (:message crash))))))))

(defn lines "What is left of the input." [so-far <- (Vector String)] -> (Vector String)
  (match (readln -> String)
    ((Some line) (lines (conj so-far line)))
    (None        so-far)))

(defn draw [thumb <- Thumb] -> nil
  (println (:file thumb))
  (doseq [row (:rows thumb)]
    (println (str "  " (string/join "" (map shade row))))))

(defn shade [lightness <- f64] -> String
  (cond
    (< lightness 0.2) " "
    (< lightness 0.4) "."
    (< lightness 0.6) "+"
    (< lightness 0.8) "#"
    :else             "@"))
