;; run: --set limit=3 --set :names=["ada","bob"] --set at={:x,1} FILE
;; A setting has the type its place expects, in the program, its threads and its processes.
(ns settings (:use [wat.env :as env]))

(defstruct At [x <- i64])

(defn ask {:in nil :out i64} [] -> nil
  (println (unwrap-or (env/setting :limit) 0)))

(defn main [] -> nil
  (println (+ 1 (unwrap-or (env/setting :limit) 0)))
  (println (map (fn [names <- (Vector String)] (count names)) (env/setting :names)))
  (println (map :x (map (fn [at <- At] at) (env/setting :at))))
  (println (none? (map inc (env/setting :missing))))
  (println (map-err :expected (map (fn [s <- (Option String)] s) (env/try-setting :limit))))
  (println (recv (spawn-thread ask)))
  (println (recv (spawn-process ask)))
  (println (map-err :kind (attempt (fn [] (ignore (map count (map (fn [s <- String] s) (env/setting :limit))))))))
  (println (none? (env/get "WAT no such variable"))))
