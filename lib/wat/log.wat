;; Events for whoever runs the program: one line each on stderr, which a parent passes on, and which never holds a program up.
;; How much is written is told by the variable WAT_LOG: a level for all, then levels of namespaces,
;; `warn,shop.cart=debug`; `info` where it is not set, `off` for nothing. What `set-level`, or `wat log-level` from
;; outside, tells a subtree at run time goes before it.
(ns wat.log (:use [wat.string :as string] [wat.env :as env]))

(defn rank "Levels in order; beyond all of them where it is none." {:private true}
  [level <- String] -> i64
  (case level "debug" 0 "info" 1 "warn" 2 "error" 3 "off" 4 5))

(defn level-of
  "The level that the setting gives a namespace: that of the longest name that it lies in. What is not a level is passed over.
  Example: (wat.log/level-of \"warn,shop=debug,shop.cart=error\" \"shop.till\") => \"debug\""
  [setting <- String  namespace <- String] -> String
  (:level (reduce (fn [best word] (better namespace best word)) (Choice "info" -1) (string/split "," setting))))

(defstruct Choice "A level, and the length of the name that it is for." {:private true}
  [level <- String  length <- i64])

(defn better "The setting's word where it says more of the namespace." {:private true}
  [namespace <- String  best <- Choice  word <- String] -> Choice
  (let [pieces (map string/trim (string/split "=" word))
        level  (unwrap-or (last pieces) "")
        name   (if (= (count pieces) 2) (nth pieces 0) "")
        within (or (= name "") (= name namespace) (string/starts-with? namespace (str name ".")))]
    (if (and within (< (rank level) 5) (<= (count pieces) 2) (>= (count name) (:length best)))
      (Choice level (count name))
      best)))

(defn enabled?
  "Whether events of the level are written for the namespace. Example: (wat.log/enabled? :error \"shop\") => true"
  [level <- keyword  namespace <- String] -> bool
  (let [told (told-level)]
    (if (> told 0)
      (>= (inc (rank (name level))) told)
      (let [setting (unwrap-or (env/get "WAT_LOG") "")]
        (>= (rank (name level)) (rank (level-of setting namespace)))))))

(defn told-level "What this node was told at run time: levels from 1 on, 0 for nothing."
  {:private true :intrinsic "log_level"}
  [] -> i64)

(defn tell-level "As `told-level` counts." {:private true :intrinsic "set_log_level"}
  [p <- (Peer I O)  level <- i64] -> nil)

(defn set-level
  "Tells a peer and all below it to write events of that level and above, whatever their setting; `:off` for none.
  Example: (wat.log/set-level (spawn-process (fn {:in i64 :out i64} [] (serve inc))) :debug) => nil"
  [p <- (Peer I O)  level <- keyword] -> nil
  (let [n (rank (name level))]
    (if (< n 5)
      (tell-level p (inc n))
      (panic! (str (name level) " is not a level; debug, info, warn, error and off are")))))

(defn write-event {:private true :intrinsic "log_write"}
  [level <- i64  namespace <- String  message <- String  fields <- Edn] -> nil)

(defn begin-fields {:private true :intrinsic "scope_fields"} [fields <- Edn] -> i64)
(defn end-fields {:private true :intrinsic "scope_end"} [scope <- i64] -> nil)

(defn within
  "What the function gives; events written meanwhile have these fields besides their own, which go before them.
  `with-log` takes a body. Example: (wat.log/within {:order 7} (fn [] 1)) => 1"
  {:where [(Wire D)]}
  [fields <- D  f <- (Fn [] -> T)] -> T
  (let [scope (begin-fields (edn fields))
        value (f)]
    (end-fields scope)
    value))

(defn log
  "Writes an event of a namespace with its fields, a map of whatever belongs to it; a value that is no map is the field
  `:data`, and nil is none. Example: (wat.log/log :debug \"shop\" \"a cart\" {:items 3}) => nil"
  {:where [(Wire D)]}
  [level <- keyword  namespace <- String  message <- String  fields <- D] -> nil
  (when (enabled? level namespace)
    (event level namespace message (edn fields))))

(defn event
  "Writes an event whatever the levels say; `log-info` and its kin ask `enabled?` first.
  Example: (wat.log/event :info \"shop\" \"a cart\" {:items 3 :of \"tea\"}) => nil"
  [level <- keyword  namespace <- String  message <- String  fields <- Edn] -> nil
  (let [n (rank (name level))]
    (if (< n 4)
      (write-event n namespace message fields)
      (panic! (str (name level) " is not the level of an event; debug, info, warn and error are")))))

(defn debug "An event for whoever looks for a fault. Example: (wat.log/debug \"shop\" \"a cart\" {:items 3}) => nil"
  {:where [(Wire D)]}
  [namespace <- String  message <- String  fields <- D] -> nil
  (log :debug namespace message fields))

(defn info "An event worth knowing. Example: (wat.log/info \"shop\" \"opened\" nil) => nil"
  {:where [(Wire D)]}
  [namespace <- String  message <- String  fields <- D] -> nil
  (log :info namespace message fields))

(defn warn "An event that somebody should look at. Example: (wat.log/warn \"shop\" \"slow\" {:took (seconds 2)}) => nil"
  {:where [(Wire D)]}
  [namespace <- String  message <- String  fields <- D] -> nil
  (log :warn namespace message fields))

(defn error "An event that should not have been. Example: (wat.log/error \"shop\" \"no stock\" nil) => nil"
  {:where [(Wire D)]}
  [namespace <- String  message <- String  fields <- D] -> nil
  (log :error namespace message fields))
