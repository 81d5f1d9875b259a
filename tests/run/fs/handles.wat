(ns handles (:use [wat.fs :as fs] [wat.path :as path] [wat.string :as string]))

(defn kind [r <- (Result T IoError)] -> keyword
  (match r ((Ok _) :ok) ((Err e) (:kind e))))

(defn main [] -> nil
  (unwrap (fs/with-temp-dir (fn [dir]
    (let [a    (path/join dir "a")
          file (unwrap (fs/open-update a))]
      (println (fs/write file "eins\r\nzweihundert\ndrei"))
      (println (fs/position file))
      (println (fs/seek file 0))
      (println (fs/read-line file))
      (println (map-err :message (map-err (fn [e] (with e :message (string/replace (:message e) dir "DIR")))
                                          (fs/read-line file {:limit 4}))))
      (println (fs/position file))
      (println (fs/read-line file))
      (println (fs/read-line file))
      (println (fs/seek file 6))
      (println (map string/from-bytes (fs/read-chunk file 4)))
      (println (fs/write file "HUNDERT"))
      (println (fs/read-line file))
      (println (fs/sync file))
      (println (fs/seek-end file))
      (println (kind (fs/seek file -1)))
      (fs/close file)
      (println (kind (fs/read-line file)))
      (println (fs/read-text a))
      (println (fs/fold-lines (fn [n line] (+ n (count line))) 0 a))
      (let [shrinking (unwrap (fs/open a))]
        (println (fs/write-text a ""))
        (println (fs/read-line shrinking)))
      (println (fs/write-bytes a (string/to-bytes "gone")))
      (let [gone (unwrap (fs/open a))]
        (println (fs/remove a))
        (println (fs/read-line gone)))))))
  (println (kind (map fs/read-line (fs/open "/dev"))))
  (println (kind (unwrap (map (fn [f] (fs/read-line f {:limit 100})) (fs/open "/dev/zero")))))
  (println (kind (unwrap (map (fn [f] (fs/write f "x")) (fs/create "/dev/full"))))))
