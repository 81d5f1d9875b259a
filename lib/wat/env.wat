;; What surrounds the process: variables, names and numbers of the machine. The variables are those of the process's
;; record: what its parent gave it. `args` is prelude.
(ns wat.env)

(defn get "A variable. Example: (wat.env/get \"WAT no such variable\") => nil"
  {:intrinsic "env_get"}
  [name <- String] -> (Option String))

(defn pairs "Names and values in turn." {:intrinsic "env_pairs" :private true}
  [] -> (Vector String))

(defn all "All variables. Example: (contains? (wat.env/all) \"WAT no such variable\") => false"
  [] -> (Map String String)
  (gather-pairs (pairs) 0 {}))

(defn gather-pairs "The map of names and values in turn." {:private true}
  [words <- (Vector String)  at <- i64  done <- (Map String String)] -> (Map String String)
  (if (>= at (count words))
    done
    (gather-pairs words (+ at 2) (assoc done (nth words at) (nth words (+ at 1))))))

(defn word "A text of the machine's." {:intrinsic "env_word" :private true}
  [which <- i64] -> String)

(defn number "A number of the machine's." {:intrinsic "env_number" :private true}
  [which <- i64] -> i64)

(defn hostname "The machine's name. Example: (empty? (wat.env/hostname)) => false"
  [] -> String
  (word 0))

(defn cwd "The directory that relative paths are taken from: that of the root. Example: (wat.path/absolute? (wat.env/cwd)) => true"
  [] -> String
  (word 1))

(defn os-pid "The operating system's number of this process. Example: (> (wat.env/os-pid) 0) => true"
  [] -> i64
  (number 0))

(defn cpus "How many processors this process may use. Example: (> (wat.env/cpus) 0) => true"
  [] -> i64
  (number 1))

(defn setting-text "The EDN of a setting." {:intrinsic "env_setting" :private true}
  [name <- String] -> (Option String))

(defn setting
  "A setting of wat.edn or of --set, at the type the place expects; None where it is not set, a crash where it is another
  type's. Example: (unwrap-or (wat.env/setting :limit) 20) => 20"
  {:where [(Wire T)]}
  [name <- keyword] -> (Option T)
  (match (try-setting name)
    ((Ok value) value)
    ((Err e)    (panic! (str "the setting " name " cannot be used: expected " (:expected e) ", found " (:found e)) e))))

(defn try-setting
  "As `setting`, with what is wrong as a value. Example: (= (wat.env/try-setting :limit) (Ok (Some 20))) => false"
  {:where [(Wire T)]}
  [name <- keyword] -> (Result (Option T) ReadError)
  (match (setting-text (str name))
    (None        (Ok None))
    ((Some text) (map Some (wat.edn/parse text)))))
