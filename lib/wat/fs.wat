;; Files and directories. A relative path is taken from the directory that the root was started in, in every process of
;; the tree. What the machine refuses is an IoError; nothing here crashes because of a file. Whatever is read whole has
;; a limit, so that an endless file cannot fill memory; what waits (a FIFO, a terminal) ends with `:stopped` when the
;; node is told to stop.
(ns wat.fs (:use [wat.string :as string] [wat.path :as path]))

(defstruct ReadOptions
  "How to read a file whole: the most bytes (64 MiB where it is left out).
  Example: (map-err :kind (wat.fs/read-text \"/proc/self/status\" {:limit 1})) => #wat.core/Err :limit"
  [limit <- (Option i64)])

(defstruct Info
  "What a path stands for: its kind (`:file :directory :symlink :fifo :socket :device`), size in bytes, time of its last
  change, and permission bits.
  Example: (map :kind (wat.fs/info \"/\")) => #wat.core/Ok :directory"
  [kind <- keyword  size <- i64  modified <- Instant  mode <- i64])

(defstruct Entry
  "One name in a directory, its path, and its kind as in Info.
  Example: (map (fn [all] (map :kind (filter (fn [e] (= (:name e) \"null\")) all))) (wat.fs/entries \"/dev\")) => #wat.core/Ok [:device]"
  [name <- String  path <- String  kind <- keyword])

(defstruct File
  "An open file. It closes with its last use, or by `close`.
  Example: (map :path (wat.fs/open \"/dev/null\")) => #wat.core/Ok \"/dev/null\""
  [resource <- Resource  path <- String])

;; ---- whole files

(defn read-text-upto "`read-text` with its limit in bytes."
  {:intrinsic "fs_read_text" :private true}
  [path <- String  limit <- i64] -> (Result String IoError))

(defn read-bytes-upto "`read-bytes` with its limit in bytes."
  {:intrinsic "fs_read_bytes" :private true}
  [path <- String  limit <- i64] -> (Result Bytes IoError))

(defn limit-of "The limit in bytes." {:private true}
  [options <- ReadOptions] -> i64
  (unwrap-or (:limit options) 67108864))

(defn read-text
  "The text of a file. `:limit` where it is longer than the limit, `:invalid` with line and column where it is not UTF-8.
  Example: (map-err :kind (wat.fs/read-text \"/nowhere/at all\")) => #wat.core/Err :not-found"
  [path <- String  options <- ReadOptions] -> (Result String IoError)
  (read-text-upto path (limit-of options)))

(defn read-bytes
  "The bytes of a file. Example: (map-err :kind (wat.fs/read-bytes \"/dev/zero\" {:limit 10})) => #wat.core/Err :limit"
  [path <- String  options <- ReadOptions] -> (Result Bytes IoError)
  (read-bytes-upto path (limit-of options)))

(defn read-lines "The lines of a file, as `read-text`. Example: (wat.fs/read-lines \"/dev/null\") => #wat.core/Ok []"
  [path <- String  options <- ReadOptions] -> (Result (Vector String) IoError)
  (map string/lines (read-text path options)))

(defn write-as "Writes a file whole: 0 anew, 1 at its end, 2 in place of the old one at once, 3 where there is none."
  {:intrinsic "fs_write" :private true}
  [path <- String  bytes <- Bytes  how <- i64] -> (Result nil IoError))

(defn write-bytes "Makes the file hold these bytes alone. Example: (wat.fs/write-bytes \"/dev/null\" (wat.string/to-bytes \"x\")) => #wat.core/Ok nil"
  [path <- String  bytes <- Bytes] -> (Result nil IoError)
  (write-as path bytes 0))

(defn write-text "Makes the file hold this text alone. Example: (map-err :kind (wat.fs/write-text \"/dev/full\" \"x\")) => #wat.core/Err :full"
  [path <- String  text <- String] -> (Result nil IoError)
  (write-as path (string/to-bytes text) 0))

(defn append-text "Writes the text at the end of the file, which is made where there is none. Example: (wat.fs/append-text \"/dev/null\" \"x\") => #wat.core/Ok nil"
  [path <- String  text <- String] -> (Result nil IoError)
  (write-as path (string/to-bytes text) 1))

(defn append-bytes "Writes the bytes at the end of the file, which is made where there is none. Example: (wat.fs/append-bytes \"/dev/null\" (wat.string/to-bytes \"x\")) => #wat.core/Ok nil"
  [path <- String  bytes <- Bytes] -> (Result nil IoError)
  (write-as path bytes 1))

(defn replace-text
  "Puts a file with this text in the place of the old one at once: whoever reads sees the old text or the new, also
  after a loss of power.
  Example: (map-err :kind (wat.fs/replace-text \"/nowhere/x\" \"x\")) => #wat.core/Err :not-found"
  [path <- String  text <- String] -> (Result nil IoError)
  (write-as path (string/to-bytes text) 2))

(defn replace-bytes "As `replace-text`, of bytes. Example: (map-err :kind (wat.fs/replace-bytes \"/nowhere/x\" (wat.string/to-bytes \"x\"))) => #wat.core/Err :not-found"
  [path <- String  bytes <- Bytes] -> (Result nil IoError)
  (write-as path bytes 2))

(defn create-text "Makes a file with this text; `:exists` where there is one. Example: (map-err :kind (wat.fs/create-text \"/dev/null\" \"x\")) => #wat.core/Err :exists"
  [path <- String  text <- String] -> (Result nil IoError)
  (write-as path (string/to-bytes text) 3))

;; ---- what there is

(defn info-of "What the path stands for; through symlinks where `follow`."
  {:intrinsic "fs_info" :private true}
  [path <- String  follow <- bool] -> (Result Info IoError))

(defn info
  "What the path stands for, through symlinks. Example: (map :kind (wat.fs/info \"/dev/null\")) => #wat.core/Ok :device"
  [path <- String] -> (Result Info IoError)
  (info-of path true))

(defn link-info
  "As `info`, of a symlink itself. Example: (map :kind (wat.fs/link-info \"/proc/self\")) => #wat.core/Ok :symlink"
  [path <- String] -> (Result Info IoError)
  (info-of path false))

(defn exists?
  "Whether the path stands for something that can be looked at. Example: (wat.fs/exists? \"/dev/null\") => true"
  [path <- String] -> bool
  (ok? (info path)))

(defn file? "Whether it is a regular file. Example: (wat.fs/file? \"/dev/null\") => false"
  [path <- String] -> bool
  (= (map :kind (ok (info path))) (Some :file)))

(defn dir? "Whether it is a directory. Example: (wat.fs/dir? \"/dev\") => true"
  [path <- String] -> bool
  (= (map :kind (ok (info path))) (Some :directory)))

(defn entries "What a directory holds, by name. Example: (map-err :kind (wat.fs/entries \"/dev/null\")) => #wat.core/Err :not-a-directory"
  {:intrinsic "fs_entries"}
  [path <- String] -> (Result (Vector Entry) IoError))

(defn list-dir "The names in a directory, sorted. Example: (map-err :kind (wat.fs/list-dir \"/nowhere\")) => #wat.core/Err :not-found"
  [path <- String] -> (Result (Vector String) IoError)
  (map (fn [found] (map :name found)) (entries path)))

(defn walk
  "Everything below a directory: each directory before what it holds. Symlinks are given and not followed; a directory
  that vanishes meanwhile is left out.
  Example: (map-err :kind (wat.fs/walk \"/nowhere\")) => #wat.core/Err :not-found"
  [path <- String] -> (Result (Vector Entry) IoError)
  (walk-on (reverse (try (entries path))) []))

(defn walk-on "`walk` with what is still to be visited, last first." {:private true}
  [todo <- (Vector Entry)  done <- (Vector Entry)] -> (Result (Vector Entry) IoError)
  (match (last todo)
    (None (Ok done))
    ((Some entry)
     (let [rest (subvec todo 0 (- (count todo) 1))
           done (conj done entry)]
       (if (= (:kind entry) :directory)
         (match (entries (:path entry))
           ((Ok below) (walk-on (into rest (reverse below)) done))
           ((Err e) :when (= (:kind e) :not-found) (walk-on rest done))
           ((Err e) (Err e)))
         (walk-on rest done))))))

(defn real-path "The absolute path without symlinks and dots. Example: (wat.fs/real-path \"/dev/../dev/null\") => #wat.core/Ok \"/dev/null\""
  {:intrinsic "fs_real_path"}
  [path <- String] -> (Result String IoError))

(defn read-link
  "What a symlink says. Example: (map-err :kind (wat.fs/read-link \"/dev/null\")) => #wat.core/Err :invalid"
  {:intrinsic "fs_read_link"}
  [path <- String] -> (Result String IoError))

;; ---- changes

(defn make-dir "Makes a directory. Example: (map-err :kind (wat.fs/make-dir \"/dev\")) => #wat.core/Err :exists"
  {:intrinsic "fs_make_dir"}
  [path <- String] -> (Result nil IoError))

(defn make-dirs "Makes a directory and those above it, as far as they are missing. Example: (wat.fs/make-dirs \"/dev\") => #wat.core/Ok nil"
  {:intrinsic "fs_make_dirs"}
  [path <- String] -> (Result nil IoError))

(defn remove "Removes a file, a symlink or an empty directory. Example: (map-err :kind (wat.fs/remove \"/nowhere\")) => #wat.core/Err :not-found"
  {:intrinsic "fs_remove"}
  [path <- String] -> (Result nil IoError))

(defn remove-all "Removes a directory with all that it holds, or a file; symlinks are not followed. Example: (map-err :kind (wat.fs/remove-all \"/nowhere\")) => #wat.core/Err :not-found"
  {:intrinsic "fs_remove_all"}
  [path <- String] -> (Result nil IoError))

(defn rename "Gives a file or directory another path, in the place of a file there. Example: (map-err :kind (wat.fs/rename \"/nowhere\" \"/nowhere2\")) => #wat.core/Err :not-found"
  {:intrinsic "fs_rename"}
  [from <- String  to <- String] -> (Result nil IoError))

(defn copy "Copies a regular file with its permissions: how many bytes. Example: (map-err :kind (wat.fs/copy \"/dev/zero\" \"/nowhere/x\")) => #wat.core/Err :invalid"
  {:intrinsic "fs_copy"}
  [from <- String  to <- String] -> (Result i64 IoError))

(defn symlink "Makes a symlink at the second path that says the first. Example: (map-err :kind (wat.fs/symlink \"x\" \"/dev/null\")) => #wat.core/Err :exists"
  {:intrinsic "fs_symlink"}
  [target <- String  path <- String] -> (Result nil IoError))

(defn set-mode
  "Sets the permission bits. Example: (map-err :kind (wat.fs/set-mode 0x180 \"/nowhere\")) => #wat.core/Err :not-found"
  {:intrinsic "fs_set_mode"}
  [mode <- i64  path <- String] -> (Result nil IoError))

(defn temp "A new directory or empty file of its owner's alone."
  {:intrinsic "fs_temp" :private true}
  [dir <- bool] -> (Result String IoError))

(defn temp-dir "A new directory, its owner's alone, below TMPDIR or `/tmp`. It stays until it is removed.
  Example: (map (fn [dir] (tuple (wat.fs/dir? dir) (wat.fs/remove dir))) (wat.fs/temp-dir)) => #wat.core/Ok [true #wat.core/Ok nil]"
  [] -> (Result String IoError)
  (temp true))

(defn temp-file "A new empty file, its owner's alone, below TMPDIR or `/tmp`. It stays until it is removed.
  Example: (map (fn [file] (tuple (wat.fs/file? file) (wat.fs/remove file))) (wat.fs/temp-file)) => #wat.core/Ok [true #wat.core/Ok nil]"
  [] -> (Result String IoError)
  (temp false))

(defn with-temp-dir
  "What the function makes of a new directory, which is removed afterwards, also when the function crashes.
  Example: (wat.fs/with-temp-dir (fn [dir] (wat.fs/dir? dir))) => #wat.core/Ok true"
  [f <- (Fn [String] -> T)] -> (Result T IoError)
  (let [dir  (try (temp-dir))
        made (attempt (fn [] (f dir)))]
    (ignore (remove-all dir))
    (Ok (unwrap made "a crash while a temporary directory was in use"))))

;; ---- open files

(defn open-as "Opens: 0 to read, 1 to write anew, 2 to write at the end, 3 to read and write."
  {:intrinsic "fs_open" :private true}
  [path <- String  how <- i64] -> (Result Resource IoError))

(defn opened "The open file." {:private true}
  [path <- String  how <- i64] -> (Result File IoError)
  (map (fn [resource] (File resource path)) (open-as path how)))

(defn open "Opens a file to read it. Example: (map :path (wat.fs/open \"/dev/null\")) => #wat.core/Ok \"/dev/null\""
  [path <- String] -> (Result File IoError)
  (opened path 0))

(defn create
  "Opens a file to write it anew. Example: (map :path (wat.fs/create \"/dev/null\")) => #wat.core/Ok \"/dev/null\""
  [path <- String] -> (Result File IoError)
  (opened path 1))

(defn open-append "Opens a file to write at its end. Example: (map :path (wat.fs/open-append \"/dev/null\")) => #wat.core/Ok \"/dev/null\""
  [path <- String] -> (Result File IoError)
  (opened path 2))

(defn open-update "Opens a file to read and write it; it is made where there is none. Example: (map :path (wat.fs/open-update \"/dev/null\")) => #wat.core/Ok \"/dev/null\""
  [path <- String] -> (Result File IoError)
  (opened path 3))

(defn file-line "The next line of at most so many bytes."
  {:intrinsic "file_read_line" :private true}
  [file <- Resource  limit <- i64] -> (Result (Option String) IoError))

(defn file-chunk "At most so many bytes."
  {:intrinsic "file_read" :private true}
  [file <- Resource  n <- i64] -> (Result Bytes IoError))

(defn file-write "Writes all the bytes."
  {:intrinsic "file_write" :private true}
  [file <- Resource  bytes <- Bytes] -> (Result nil IoError))

(defn file-seek "Moves to a place: 0 from the start, 1 from here, 2 from the end."
  {:intrinsic "file_seek" :private true}
  [file <- Resource  offset <- i64  from <- i64] -> (Result i64 IoError))

(defn file-sync "Writes through to the disk." {:intrinsic "file_sync" :private true}
  [file <- Resource] -> (Result nil IoError))

(defn file-close "Closes." {:intrinsic "file_close" :private true}
  [file <- Resource] -> nil)

(defn read-line
  "The next line without its end; None at the end. A line over the limit (1 MiB where it is left out) is `:limit`, one that
  is not UTF-8 `:invalid`; the next read gives the next line.
  Example: (map (fn [f] (wat.fs/read-line f)) (wat.fs/open \"/dev/null\")) => #wat.core/Ok #wat.core/Ok nil"
  [file <- File  options <- ReadOptions] -> (Result (Option String) IoError)
  (file-line (:resource file) (unwrap-or (:limit options) 1048576)))

(defn read-chunk "The next bytes, at most n; none at the end. Example: (map (fn [f] (map count (wat.fs/read-chunk f 8))) (wat.fs/open \"/dev/zero\")) => #wat.core/Ok #wat.core/Ok 8"
  [file <- File  n <- i64] -> (Result Bytes IoError)
  (file-chunk (:resource file) n))

(defn write "Writes the text where the file stands. Example: (map (fn [f] (wat.fs/write f \"x\")) (wat.fs/create \"/dev/null\")) => #wat.core/Ok #wat.core/Ok nil"
  [file <- File  text <- String] -> (Result nil IoError)
  (file-write (:resource file) (string/to-bytes text)))

(defn write-chunk "Writes the bytes where the file stands. Example: (map (fn [f] (wat.fs/write-chunk f (wat.string/to-bytes \"x\"))) (wat.fs/create \"/dev/null\")) => #wat.core/Ok #wat.core/Ok nil"
  [file <- File  bytes <- Bytes] -> (Result nil IoError)
  (file-write (:resource file) bytes))

(defn seek "Moves to so many bytes from the start: the place. Example: (map (fn [f] (wat.fs/seek f 0)) (wat.fs/open \"/dev/null\")) => #wat.core/Ok #wat.core/Ok 0"
  [file <- File  offset <- i64] -> (Result i64 IoError)
  (file-seek (:resource file) offset 0))

(defn seek-end "Moves to the end: the place. Example: (map wat.fs/seek-end (wat.fs/open \"/dev/null\")) => #wat.core/Ok #wat.core/Ok 0"
  [file <- File] -> (Result i64 IoError)
  (file-seek (:resource file) 0 2))

(defn position "The place where the file stands, in bytes. Example: (map wat.fs/position (wat.fs/open \"/dev/null\")) => #wat.core/Ok #wat.core/Ok 0"
  [file <- File] -> (Result i64 IoError)
  (file-seek (:resource file) 0 1))

(defn sync "Waits until what was written is on the disk. Example: (map-err :kind (map wat.fs/sync (wat.fs/open \"/nowhere\"))) => #wat.core/Err :not-found"
  [file <- File] -> (Result nil IoError)
  (file-sync (:resource file)))

(defn close "Closes the file; what is asked of it afterwards is `:closed`. Example: (map wat.fs/close (wat.fs/open \"/dev/null\")) => #wat.core/Ok nil"
  [file <- File] -> nil
  (file-close (:resource file)))

(defn with-file
  "What the function makes of the open file, which is closed afterwards.
  Example: (wat.fs/with-file (fn [f] (unwrap (wat.fs/read-line f))) (wat.fs/open \"/dev/null\")) => #wat.core/Ok nil"
  [f <- (Fn [File] -> T)  file <- (Result File IoError)] -> (Result T IoError)
  (let [file   (try file)
        result (f file)]
    (close file)
    (Ok result)))

(defn fold-lines
  "Folds the lines of a file, one in memory at a time.
  Example: (wat.fs/fold-lines (fn [n line] (+ n 1)) 0 \"/dev/null\") => #wat.core/Ok 0"
  [f <- (Fn [S String] -> S)  start <- S  path <- String] -> (Result S IoError)
  (fold-rest f start (try (open path))))

(defn fold-rest "`fold-lines` from where the file stands." {:private true}
  [f <- (Fn [S String] -> S)  state <- S  file <- File] -> (Result S IoError)
  (match (read-line file {})
    ((Ok (Some line)) (fold-rest f (f state line) file))
    ((Ok None)        (Ok state))
    ((Err e)          (Err e))))
