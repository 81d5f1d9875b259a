;; Events for whoever runs the program: one line of EDN each on stderr, which a parent passes on. How much is written is
;; told by the variable WAT_LOG: a level for all, then levels of namespaces, `warn,shop.cart=debug`; `info` where it is
;; not set, `off` for nothing.
(ns wat.log (:use [wat.string :as string] [wat.env :as env]))

(defstruct Event
  "What happened, to whom and when."
  [level <- keyword  time <- Instant  path <- String  namespace <- String  message <- String  data <- Edn])

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
  (let [setting (unwrap-or (env/get "WAT_LOG") "")]
    (>= (rank (name level)) (rank (level-of setting namespace)))))

(defn log
  "Writes an event of a namespace with its data, any value. Example: (wat.log/log :debug \"shop\" \"a cart\" {:items 3}) => nil"
  {:where [(Wire D)]}
  [level <- keyword  namespace <- String  message <- String  data <- D] -> nil
  (when (enabled? level namespace)
    (eprintln (Event level (now) (own-path) namespace message (edn data)))))

(defn debug "An event for whoever looks for a fault. Example: (wat.log/debug \"shop\" \"a cart\" {:items 3}) => nil"
  {:where [(Wire D)]}
  [namespace <- String  message <- String  data <- D] -> nil
  (log :debug namespace message data))

(defn info "An event worth knowing. Example: (wat.log/info \"shop\" \"opened\" nil) => nil"
  {:where [(Wire D)]}
  [namespace <- String  message <- String  data <- D] -> nil
  (log :info namespace message data))

(defn warn "An event that somebody should look at. Example: (wat.log/warn \"shop\" \"slow\" {:took (seconds 2)}) => nil"
  {:where [(Wire D)]}
  [namespace <- String  message <- String  data <- D] -> nil
  (log :warn namespace message data))

(defn error "An event that should not have been. Example: (wat.log/error \"shop\" \"no stock\" nil) => nil"
  {:where [(Wire D)]}
  [namespace <- String  message <- String  data <- D] -> nil
  (log :error namespace message data))
