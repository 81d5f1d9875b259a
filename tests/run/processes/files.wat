;; A process may have so many files open; the next one is an error to it, and the one that it closes makes room.
(ns user (:use [wat.fs :as fs]))

(defn hoard "Opens the file over and over: how many times it could, and why not more."
  [path <- String  held <- (Vector fs/File)]
  -> (Tuple i64 String)
  (match (fs/open path)
    ((Ok file) (if (< (count held) 1000) (hoard path (conj held file)) (tuple (count held) "no end")))
    ((Err e)   (do (doseq [file held] (fs/close file))
                   (tuple (count held) (str (:kind e) " " (:message e) ", then " (ok? (fs/read-text path))))))))

(defn keeper {:in String :out (Tuple bool String)} [] -> nil
  (serve (fn [path]
    (let [(tuple n why) (hoard path [])]
      (tuple (and (> n 4) (< n 32)) why)))))

(defn main [] -> nil
  (unwrap
   (fs/with-temp-dir
    (fn [dir]
      (let [path (str dir "/file")]
        (unwrap (fs/write-text path "text") "a file")
        (println (map-err :message
                          (map (fn [(tuple few why)] (tuple few (wat.string/replace why dir "DIR")))
                               (call (spawn-process keeper {:authority [(fs-read dir)] :limits {:files 32}}) path)))))))
   "a directory"))
