;; A grant opens what is at its path and below it, in the way it says and no other.
(ns user (:use [wat.fs :as fs]))

(defn why [r <- (Result T IoError)] -> (Option keyword)
  (match r ((Ok _) None) ((Err e) (Some (:kind e)))))

(defn reach {:in String :out (Vector (Option keyword))} [] -> nil
  (serve (fn [dir]
    [(why (fs/read-text (str dir "/in/a")))
     (why (fs/entries (str dir "/in")))
     (why (fs/write-text (str dir "/in/a") "x"))
     (why (fs/remove (str dir "/in/a")))
     (why (fs/read-text (str dir "/out/link")))
     (why (fs/write-text (str dir "/out/b") "x"))
     (why (fs/set-mode 384 (str dir "/out/b")))
     (why (fs/read-text (str dir "/out/b")))
     (why (fs/rename (str dir "/out/b") (str dir "/c")))
     (why (fs/read-text (str dir "/secret")))
     (why (fs/read-text (str dir "/in/../secret")))
     (why (fs/read-text (str dir "/in/up")))
     (why (fs/set-mode 0 (str dir "/secret")))
     (why (fs/rename (str dir "/secret") (str dir "/out/secret")))])))

(defn main [] -> nil
  (let [dir (unwrap (fs/temp-dir) "a directory")
        at  (fn [name] (str dir name))]
    (ignore (fs/make-dir (at "/in")))
    (ignore (fs/make-dir (at "/out")))
    (ignore (fs/write-text (at "/in/a") "a"))
    (ignore (fs/write-text (at "/secret") "s"))
    (ignore (fs/symlink (at "/secret") (at "/in/up")))
    (ignore (fs/symlink (at "/secret") (at "/out/link")))
    (with-peers [p (spawn-process reach {:authority [(fs-read (at "/in")) (fs-write (at "/out"))]})]
      (println (call p dir)))
    (println (map-err :kind (fs/read-text (at "/secret"))))
    (ignore (fs/remove-all dir))))
