;; A child that writes so many lines of log for each request, and answers it: `n` is answered with n.
(ns noise (:use [wat.string :only [times]]))

(defn main [] -> nil
  (let [child (spawn-process screamer)]
    (serve (fn [n] (unwrap (call child n) "the child")))))

(defn screamer {:in i64 :out i64} [] -> nil
  (serve (fn [n] (do (scream n) n))))

(defn scream [n <- i64] -> nil
  (when (> n 0)
    (eprintln (times 100 "x"))
    (scream (- n 1))))
