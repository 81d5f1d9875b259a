;; Paths as text, in the Unix form: parts between slashes. Nothing here looks at a file; `wat.fs` does. Dots are taken
;; apart by `normalize` alone, and only as text: where `a` is a symlink, `a/../b` may be another file than `b`.
(ns wat.path (:use [wat.string :as string]))

(defn absolute? "Whether the path begins at the root. Example: (wat.path/absolute? \"/etc/hosts\") => true"
  [path <- String] -> bool
  (string/starts-with? path "/"))

(defn join
  "The paths one below another; an absolute one begins anew.
  Example: (wat.path/join \"data\" \"2024\" \"a.csv\") => \"data/2024/a.csv\""
  [& paths <- String] -> String
  (reduce below "" paths))

(defn below "The second path seen from the first." {:private true}
  [base <- String  path <- String] -> String
  (cond
    (or (= base "") (absolute? path)) path
    (= path "")                       base
    (string/ends-with? base "/")      (str base path)
    :else                             (str base "/" path)))

(defn parts "The names on the way; `/` first where it is absolute. Example: (wat.path/parts \"/usr//lib/\") => [\"/\" \"usr\" \"lib\"]"
  [path <- String] -> (Vector String)
  (let [names (filter (fn [part] (not= part "")) (string/split "/" path))]
    (if (absolute? path) (into ["/"] names) names)))

(defn from-parts "The path of the names. Example: (wat.path/from-parts [\"/\" \"usr\" \"lib\"]) => \"/usr/lib\""
  [parts <- (Vector String)] -> String
  (reduce below "" parts))

(defn file-name "The last name; empty where there is none. Example: (wat.path/file-name \"/data/a.csv\") => \"a.csv\""
  [path <- String] -> String
  (match (last (parts path))
    ((Some name) :when (not= name "/") name)
    (_ "")))

(defn parent
  "The path of what holds it; None for the root, for `.` and for the empty path.
  Example: (wat.path/parent \"/data/a.csv\") => \"/data\""
  [path <- String] -> (Option String)
  (let [all (parts path)]
    (cond
      (= (file-name path) "")  None
      (= path ".")             None
      (= (count all) 1)        (Some ".")
      :else                    (Some (from-parts (subvec all 0 (- (count all) 1)))))))

(defn dot "The place of the dot before the extension; -1 where there is none." {:private true}
  [name <- String] -> i64
  (let [pieces (string/split "." name)
        n      (count pieces)
        start  (- (count name) (+ 1 (count (nth pieces (- n 1)))))]
    (if (or (< n 2) (< start 1) (= name "..")) -1 start)))

(defn extension "What follows the last dot of the name, without it; empty where there is none. Example: (wat.path/extension \"a/b.tar.gz\") => \"gz\""
  [path <- String] -> String
  (let [name (file-name path)
        at   (dot name)]
    (if (< at 0) "" (subs name (+ at 1) (count name)))))

(defn stem "The name without its extension. Example: (wat.path/stem \"a/b.tar.gz\") => \"b.tar\""
  [path <- String] -> String
  (let [name (file-name path)
        at   (dot name)]
    (if (< at 0) name (subs name 0 at))))

(defn with-extension "The path with another extension; none where it is empty. Example: (wat.path/with-extension \"json\" \"a/b.csv\") => \"a/b.json\""
  [extension <- String  path <- String] -> String
  (let [name (if (= extension "") (stem path) (str (stem path) "." extension))]
    (match (parent path)
      (None name)
      ((Some ".") :when (not (string/starts-with? path ".")) name)
      ((Some up) (below up name)))))

(defn normalize
  "Without `.`, `..` and doubled slashes, as text. Example: (wat.path/normalize \"a/./b/../c//d\") => \"a/c/d\""
  [path <- String] -> String
  (let [made (from-parts (reduce step [] (parts path)))]
    (if (= made "") "." made)))

(defn step "One more name on a normal path." {:private true}
  [done <- (Vector String)  part <- String] -> (Vector String)
  (match (last done)
    (_          :when (= part ".") done)
    ((Some "/") :when (= part "..") done)
    ((Some up)  :when (and (= part "..") (not= up "..")) (subvec done 0 (- (count done) 1)))
    (_          (conj done part))))

(defn relative
  "The way from the first path to the second, as text; both are absolute or neither is.
  Example: (wat.path/relative \"/data/in\" \"/data/out/a.csv\") => \"../out/a.csv\""
  [from <- String  to <- String] -> String
  (let [from (named (parts (normalize from)))
        to   (named (parts (normalize to)))
        same (common from to 0)
        way  (into (vec (repeat-times (- (count from) same) "..")) (subvec to same (count to)))]
    (if (empty? way) "." (string/join "/" way))))

(defn named "The names of a normal path without a dot that stands for all of it." {:private true}
  [parts <- (Vector String)] -> (Vector String)
  (filter (fn [part] (not= part ".")) parts))

(defn common "How many names two paths begin with alike." {:private true}
  [a <- (Vector String)  b <- (Vector String)  n <- i64] -> i64
  (if (and (< n (count a)) (< n (count b)) (= (nth a n) (nth b n)))
    (common a b (+ n 1))
    n))
