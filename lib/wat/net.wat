;; Connections over TCP and UNIX sockets, and datagrams over UDP. An address is `127.0.0.1:80`, `[::1]:80`, `example.org:80` or
;; `unix:/path`; a name is looked up in /etc/hosts, then asked of the name servers that /etc/resolv.conf names, as it says
;; (nameserver, search, `options ndots: timeout: attempts:`); the variables WAT_HOSTS and WAT_RESOLV_CONF name other files.
;; A process with grants is given its connections, listeners and sockets by the nearest ancestor that is not narrowed, where names
;; are looked up. Every wait has a limit where one is given and ends when this node is told to stop (`:stopped`).
(ns wat.net)

(defstruct Stream
  "A connection: its own address and its peer's. It closes with its last reference.
  Example: (map-err :kind (map :peer (wat.net/connect \"127.0.0.1:1\"))) => #wat.core/Err :refused"
  [resource <- Resource
   local    <- String
   peer     <- String])

(defstruct Listener
  "A place on which others connect; its address has the port that was chosen.
  Example: (map (fn [l] (wat.string/starts-with? (:address l) \"127.0.0.1:\")) (wat.net/listen \"127.0.0.1:0\")) => #wat.core/Ok true"
  [resource <- Resource
   address  <- String])

(defstruct Udp
  "A socket for datagrams; its address has the port that was chosen. It closes with its last reference."
  [resource <- Resource
   address  <- String])

(defstruct Datagram
  "What has come, and the address of who sent it."
  [from  <- String
   bytes <- Bytes])

(defstruct UdpOptions
  "The only peer that is heard and written to, where one is said; that nobody is there is then told (`:refused`).
  Example: (ok? (wat.net/udp-open \"127.0.0.1:0\" {:peer \"127.0.0.1:9\"})) => true"
  [peer <- (Option String)])

(defstruct WaitOptions
  "How long a call may wait; for ever where nothing is said.
  Example: (map-err :kind (map :peer (wat.net/accept (unwrap (wat.net/listen \"127.0.0.1:0\") \"listen\") {:timeout (millis 5)}))) => #wat.core/Err :timed-out"
  [timeout <- (Option Duration)])

(defstruct ReadOptions
  "How long a read may wait, and the largest line or value in bytes (1 MiB where nothing is said)."
  [timeout <- (Option Duration)
   limit   <- (Option i64)])

(defn connect-resource "A connection." {:intrinsic "net_connect" :private true}
  [address <- String  timeout <- i64] -> (Result Resource IoError))
(defn listen-resource "A listener." {:intrinsic "net_listen" :private true}
  [address <- String] -> (Result Resource IoError))
(defn accept-resource "The next connection." {:intrinsic "net_accept" :private true}
  [listener <- Resource  timeout <- i64] -> (Result Resource IoError))
(defn unlisten "Closes a listener." {:intrinsic "net_unlisten" :private true}
  [listener <- Resource] -> nil)
(defn place "A listener's address." {:intrinsic "net_place" :private true}
  [listener <- Resource] -> String)
(defn address "0: a connection's own address; 1: its peer's." {:intrinsic "net_address" :private true}
  [stream <- Resource  which <- i64] -> String)
(defn read-part "0: up to so many bytes; 1: exactly so many." {:intrinsic "net_read" :private true}
  [stream <- Resource  part <- i64  n <- i64  timeout <- i64] -> (Result (Option Bytes) IoError))
(defn read-text "2: a line of up to so many bytes." {:intrinsic "net_read" :private true}
  [stream <- Resource  part <- i64  n <- i64  timeout <- i64] -> (Result (Option String) IoError))
(defn read-value "The next value." {:intrinsic "net_read_edn" :private true :where [(Wire T)]}
  [stream <- Resource  limit <- i64  timeout <- i64] -> (Result (Option T) IoError))
(defn write-bytes "All of the bytes." {:intrinsic "net_write" :private true}
  [stream <- Resource  bytes <- Bytes  timeout <- i64] -> (Result nil IoError))
(defn write-string "All of the text." {:intrinsic "net_write" :private true}
  [stream <- Resource  text <- String  timeout <- i64] -> (Result nil IoError))
(defn close-half "No more writes." {:intrinsic "net_close_write" :private true}
  [stream <- Resource] -> (Result nil IoError))
(defn close-resource "Closes a connection." {:intrinsic "net_close" :private true}
  [stream <- Resource] -> nil)

(defn udp-resource "A socket for datagrams." {:intrinsic "udp_open" :private true}
  [on <- String  peer <- String] -> (Result Resource IoError))
(defn udp-place "Its address." {:intrinsic "udp_address" :private true}
  [udp <- Resource] -> String)
(defn send-bytes "One datagram." {:intrinsic "udp_send" :private true}
  [udp <- Resource  to <- String  bytes <- Bytes  timeout <- i64] -> (Result nil IoError))
(defn receive-bytes "The next datagram." {:intrinsic "udp_receive" :private true}
  [udp <- Resource  limit <- i64  timeout <- i64] -> (Result (Tuple String Bytes) IoError))
(defn close-udp "Closes the socket." {:intrinsic "udp_close" :private true}
  [udp <- Resource] -> nil)

(defn limit-of "The time limit in nanoseconds; below 0 there is none." {:private true}
  [timeout <- (Option Duration)] -> i64
  (match timeout
    (None -1)
    ((Some d) (max 0 (wat.time/as-nanos d)))))

(defn stream-of "The connection with its addresses." {:private true}
  [resource <- Resource] -> Stream
  (Stream resource (address resource 0) (address resource 1)))

(defn connect
  "A connection to the address. Errors: `:refused :timed-out :unreachable :not-found :invalid` and so on; a name that does not
  exist is `:not-found`, name servers that say nothing are `:timed-out`.
  Example: (map-err :kind (map :peer (wat.net/connect \"127.0.0.1:1\" {:timeout (seconds 5)}))) => #wat.core/Err :refused"
  [to <- String  options <- WaitOptions] -> (Result Stream IoError)
  (Ok (stream-of (try (connect-resource to (limit-of (:timeout options)))))))

(defn listen
  "A listener on the address; port 0 is one that the system chooses, which `:address` then tells.
  Example: (map (fn [l] (wat.string/starts-with? (:address l) \"127.0.0.1:\")) (wat.net/listen \"127.0.0.1:0\")) => #wat.core/Ok true"
  [on <- String] -> (Result Listener IoError)
  (let [resource (try (listen-resource on))]
    (Ok (Listener resource (place resource)))))

(defn accept
  "The next connection.
  Example: (let [l (unwrap (wat.net/listen \"127.0.0.1:0\") \"listen\")] (map-err :kind (map :peer (wat.net/accept l {:timeout (millis 1)})))) => #wat.core/Err :timed-out"
  [listener <- Listener  options <- WaitOptions] -> (Result Stream IoError)
  (Ok (stream-of (try (accept-resource (:resource listener) (limit-of (:timeout options)))))))

(defn stop-listening "Closes the listener: later connections are refused. Example: (wat.net/stop-listening (unwrap (wat.net/listen \"127.0.0.1:0\") \"listen\")) => nil"
  [listener <- Listener] -> nil
  (unlisten (:resource listener)))

(defn read
  "What has come, at least one and at most n bytes; None when the peer writes no more.
  Example: (map-err :kind (wat.net/read (unwrap (wat.net/connect \"127.0.0.1:1\") \"connect\") 10))"
  [stream <- Stream  n <- i64  options <- WaitOptions] -> (Result (Option Bytes) IoError)
  (read-part (:resource stream) 0 n (limit-of (:timeout options))))

(defn read-exactly
  "The next n bytes; None when the peer wrote no more, an error of kind `:ended` when it wrote less.
  Example: (map-err :kind (wat.net/read-exactly (unwrap (wat.net/connect \"127.0.0.1:1\") \"connect\") 10))"
  [stream <- Stream  n <- i64  options <- WaitOptions] -> (Result (Option Bytes) IoError)
  (read-part (:resource stream) 1 n (limit-of (:timeout options))))

(defn read-line
  "The next line without its end, LF or CR LF; None when the peer writes no more. A line over the limit is an error of kind
  `:limit`. Example: (map-err :kind (wat.net/read-line (unwrap (wat.net/connect \"127.0.0.1:1\") \"connect\")))"
  [stream <- Stream  options <- ReadOptions] -> (Result (Option String) IoError)
  (read-text (:resource stream) 2 (unwrap-or (:limit options) 1048576) (limit-of (:timeout options))))

(defn read-edn
  "The next EDN value, of the type that the place expects; None when the peer writes no more. What is not one is an error of
  kind `:malformed`; the next value is then read. Once values are read, bytes and lines no longer can be.
  Example: (map (fn [n] (map inc n)) (wat.net/read-edn (unwrap (wat.net/connect \"127.0.0.1:1\") \"connect\")))"
  {:where [(Wire T)]}
  [stream <- Stream  options <- ReadOptions] -> (Result (Option T) IoError)
  (read-value (:resource stream) (unwrap-or (:limit options) 1048576) (limit-of (:timeout options))))

(defn write
  "Writes all of the bytes.
  Example: (wat.net/write (unwrap (wat.net/connect \"127.0.0.1:1\") \"connect\") (wat.string/to-bytes \"hello\"))"
  [stream <- Stream  bytes <- Bytes  options <- WaitOptions] -> (Result nil IoError)
  (write-bytes (:resource stream) bytes (limit-of (:timeout options))))

(defn write-text
  "Writes all of the text, in UTF-8.
  Example: (wat.net/write-text (unwrap (wat.net/connect \"127.0.0.1:1\") \"connect\") \"hello\\n\")"
  [stream <- Stream  text <- String  options <- WaitOptions] -> (Result nil IoError)
  (write-string (:resource stream) text (limit-of (:timeout options))))

(defn write-edn
  "Writes the value as one line of EDN.
  Example: (wat.net/write-edn (unwrap (wat.net/connect \"127.0.0.1:1\") \"connect\") [1 2])"
  {:where [(Wire T)]}
  [stream <- Stream  value <- T  options <- WaitOptions] -> (Result nil IoError)
  (write-text stream (str (wat.edn/text value) "\n") options))

(defn close-write
  "Writes no more: the peer reads an end. What it writes can still be read.
  Example: (wat.net/close-write (unwrap (wat.net/connect \"127.0.0.1:1\") \"connect\"))"
  [stream <- Stream] -> (Result nil IoError)
  (close-half (:resource stream)))

(defn close "Closes the connection now. Example: (wat.net/close (unwrap (wat.net/connect \"127.0.0.1:1\") \"connect\"))"
  [stream <- Stream] -> nil
  (close-resource (:resource stream)))

;; ---- datagrams

(defn udp-open
  "A socket for datagrams on the address; port 0 is one that the system chooses, which `:address` then tells. A process with
  grants has one for a `:peer` that `net-connect` names, or on a port that `net-listen` names; from one without a peer it
  sends where `(net-connect \"*:*\")` is granted.
  Example: (map (fn [u] (wat.string/starts-with? (:address u) \"127.0.0.1:\")) (wat.net/udp-open \"127.0.0.1:0\")) => #wat.core/Ok true"
  [on <- String  options <- UdpOptions] -> (Result Udp IoError)
  (let [resource (try (udp-resource on (unwrap-or (:peer options) "")))]
    (Ok (Udp resource (udp-place resource)))))

(defn send-to
  "Sends the bytes as one datagram, which may be lost. More than one holds (65,507 over IPv4) is an error of kind `:limit`.
  Example: (let [u (unwrap (wat.net/udp-open \"127.0.0.1:0\") \"udp-open\")] (wat.net/send-to u (:address u) (wat.string/to-bytes \"hello\"))) => #wat.core/Ok nil"
  [udp <- Udp  to <- String  bytes <- Bytes  options <- WaitOptions] -> (Result nil IoError)
  (send-bytes (:resource udp) to bytes (limit-of (:timeout options))))

(defn receive-from
  "The next datagram, of at most n bytes; a longer one is dropped, with an error of kind `:limit`. A socket with a peer gives
  `:refused` when nobody received what was sent there.
  Example: (map-err :kind (map :from (wat.net/receive-from (unwrap (wat.net/udp-open \"127.0.0.1:0\") \"udp-open\") 1500 {:timeout (millis 1)}))) => #wat.core/Err :timed-out"
  [udp <- Udp  n <- i64  options <- WaitOptions] -> (Result Datagram IoError)
  (let [(tuple from bytes) (try (receive-bytes (:resource udp) n (limit-of (:timeout options))))]
    (Ok (Datagram from bytes))))

(defn udp-close
  "Closes the socket now. Example: (wat.net/udp-close (unwrap (wat.net/udp-open \"127.0.0.1:0\") \"udp-open\")) => nil"
  [udp <- Udp] -> nil
  (close-udp (:resource udp)))
