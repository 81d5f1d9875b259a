;; HTTP/1.1, as a server and as a client, in the clear or within TLS. Names of headers that arrive are in lower case; a message
;; that two readers could take differently is refused. Bodies are whole and bounded (`serve`, `request`), or go in pieces that
;; are read from a Reader and written to a Writer, whatever their length (`serve-streams`, `open`, `upload`). The server's waits
;; are bounded by phase, so that a slow client holds only its own connection; a stop closes the listener and answers what is in
;; hand. A client keeps up to 8 idle connections of each thread for 10 s. The trace of a request in hand goes on as the header
;; `traceparent` (W3C Trace Context) and comes with it; a request waits no longer than the deadline of the request in hand, past
;; which its error is `:timeout`, and not on behalf of one that is `cancelled?`.
(ns wat.http)

(defstruct Request
  "A request that has arrived: its number, method, target (`/path?query`), headers, body, and the client's address.
  Example: (:method (wat.http/Request 0 \"GET\" \"/\" [] (wat.string/to-bytes \"\") \"127.0.0.1:4000\")) => \"GET\""
  [id      <- i64
   method  <- String
   target  <- String
   headers <- (Vector (Tuple String String))
   body    <- Bytes
   peer    <- String])

(defstruct Response
  "An answer: the number of the request it answers, status, headers, body. The headers that tell a body's end are added.
  Example: (:status (wat.http/Response 0 404 [] (wat.string/to-bytes \"no such page\"))) => 404"
  [id      <- i64
   status  <- i64
   headers <- (Vector (Tuple String String))
   body    <- Bytes])

(defstruct Reader
  "A body that comes in pieces, by `read`.
  Example: (map-err :kind (map (fn [r] (wat.http/read (:body r))) (wat.http/open \"GET\" \"http://127.0.0.1:1/\"))) => #wat.core/Err :refused"
  [resource <- Resource])

(defstruct Writer
  "A body that goes in pieces, by `write`, up to `finish`. One that is let go of before ends its connection, so that the peer
  cannot take it for whole.
  Example: (map-err :kind (map wat.http/finish (wat.http/upload \"POST\" \"http://127.0.0.1:1/\"))) => #wat.core/Err :refused"
  [resource <- Resource])

(defstruct Exchange
  "A request whose body is to be read and whose answer is to be begun; `:length` is that of the body, where the client says.
  Example: (fn [e <- wat.http/Exchange] (:target e))"
  [id      <- i64
   method  <- String
   target  <- String
   headers <- (Vector (Tuple String String))
   length  <- (Option i64)
   peer    <- String
   body    <- Reader])

(defstruct Incoming
  "A response whose body is to be read.
  Example: (map-err :kind (map :status (wat.http/open \"GET\" \"http://127.0.0.1:1/\"))) => #wat.core/Err :refused"
  [status  <- i64
   headers <- (Vector (Tuple String String))
   body    <- Reader])

(defstruct Opening
  "The head of a request."
  {:private true}
  [id      <- i64
   method  <- String
   target  <- String
   headers <- (Vector (Tuple String String))
   length  <- (Option i64)
   peer    <- String])

(defstruct Head
  "The head of a response."
  {:private true}
  [status  <- i64
   headers <- (Vector (Tuple String String))])

(defstruct Server
  "A server and the address on which it listens, with the port that was chosen.
  Example: (map (fn [server] (wat.string/starts-with? (:address server) \"127.0.0.1:\")) (wat.http/listen \"127.0.0.1:0\")) => #wat.core/Ok true"
  [resource <- Resource
   address  <- String])

(defenum ServerEvent
  "What a program that serves HTTP on its stdin and stdout says and asks.
  Example: (wat.http.ServerEvent/Listening \"127.0.0.1:8080\") => #wat.http.ServerEvent/Listening {:address \"127.0.0.1:8080\"}"
  (Listening [address <- String])
  (Asked [request <- Request]))

(defstruct ServerOptions
  "Limits of a server: connections at once (256; others wait), bytes of a head (16 KiB) and of a body (1 MiB; in pieces
  without), and the time for a head (10 s), a body (30 s), an answer to leave (30 s) and between two requests (15 s). In pieces
  the time is what the program may wait for the client; each KiB wins a second of it back. With the paths of a certificate
  (a chain in PEM) and its key the server speaks https.
  Example: (ok? (wat.http/listen \"127.0.0.1:0\" {:connections 4})) => true"
  [connections <- (Option i64)
   head        <- (Option i64)
   body        <- (Option i64)
   head-time   <- (Option Duration)
   body-time   <- (Option Duration)
   write-time  <- (Option Duration)
   idle-time   <- (Option Duration)
   certificate <- (Option String)
   key         <- (Option String)])

(defstruct RequestOptions
  "What is asked and how: headers, body, the time for all of it (30 s; in pieces, for each step), redirects followed (5; 0 gives
  the redirect itself), the largest body of a response in bytes (16 MiB; in pieces without), whether the connection may serve
  again (true), and the path of the certificates that https trusts, in PEM (Mozilla's list).
  Example: (map-err :kind (map :status (wat.http/request \"GET\" \"http://127.0.0.1:1/\" {:timeout (seconds 1)}))) => #wat.core/Err :refused"
  [headers   <- (Option (Vector (Tuple String String)))
   body      <- (Option Bytes)
   timeout   <- (Option Duration)
   redirects <- (Option i64)
   limit     <- (Option i64)
   keep      <- (Option bool)
   roots     <- (Option String)])

(defn listen-resource "A server." {:intrinsic "http_listen" :private true}
  [address <- String  limits <- (Vector i64)  certificate <- String  key <- String] -> (Result Resource IoError))
(defn address-of "A server's address." {:intrinsic "http_address" :private true}
  [server <- Resource] -> String)
(defn next-of "The next request; with 1 an input of the program's own ends the wait."
  {:intrinsic "http_next" :private true}
  [server <- Resource  input <- i64] -> (Result (Option Request) IoError))
(defn answer-to "Answers a request." {:intrinsic "http_answer" :private true}
  [server <- Resource  id <- i64  status <- i64  headers <- (Vector (Tuple String String))  body <- Bytes]
  -> (Result nil IoError))
(defn begun-of "The head of the next request." {:intrinsic "http_begun" :private true}
  [server <- Resource] -> (Result (Option Opening) IoError))
(defn exchange-of "What the request with the number is read from and answered by."
  {:intrinsic "http_exchange" :private true}
  [server <- Resource  id <- i64] -> Resource)
(defn begin-on "Begins an answer." {:intrinsic "http_begin" :private true}
  [exchange <- Resource  status <- i64  headers <- (Vector (Tuple String String))] -> (Result nil IoError))
(defn read-piece "The next piece of a body." {:intrinsic "http_read" :private true}
  [flow <- Resource] -> (Result (Option Bytes) IoError))
(defn write-piece "The next piece of a body." {:intrinsic "http_write" :private true}
  [flow <- Resource  bytes <- Bytes] -> (Result nil IoError))
(defn finish-on "The end of a body." {:intrinsic "http_finish" :private true}
  [flow <- Resource] -> (Result nil IoError))
(defn ask "Asks a server." {:intrinsic "http_ask" :private true}
  [method  <- String
   url     <- String
   headers <- (Vector (Tuple String String))
   body    <- Bytes
   limits  <- (Vector i64)
   roots   <- String]
  -> (Result Response IoError))
(defn open-resource "Asks a server." {:intrinsic "http_open" :private true}
  [method  <- String
   url     <- String
   headers <- (Vector (Tuple String String))
   body    <- Bytes
   limits  <- (Vector i64)
   roots   <- String]
  -> (Result Resource IoError))
(defn upload-resource "Begins to ask a server." {:intrinsic "http_upload" :private true}
  [method <- String  url <- String  headers <- (Vector (Tuple String String))  limits <- (Vector i64)  roots <- String]
  -> (Result Resource IoError))
(defn head-of "The head of the response." {:intrinsic "http_incoming" :private true}
  [call <- Resource] -> (Result Head IoError))

(defn belong "Begins what is done for a request with the headers." {:intrinsic "http_belong" :private true}
  [headers <- (Vector (Tuple String String))] -> i64)
(defn belong-no-more "Ends it." {:intrinsic "scope_end" :private true} [scope <- i64] -> nil)

(defn time-or "The time in nanoseconds." {:private true}
  [standard <- Duration  given <- (Option Duration)] -> i64
  (wat.time/as-nanos (unwrap-or given standard)))

;; ---- messages

(defn header
  "The value of the first header with the name, which is in lower case.
  Example: (wat.http/header \"content-type\" [(tuple \"content-type\" \"text/plain\")]) => \"text/plain\""
  [name <- String  headers <- (Vector (Tuple String String))] -> (Option String)
  (loop [i 0]
    (if (>= i (count headers))
      None
      (let [(tuple key value) (nth headers i)]
        (if (= key name) (Some value) (recur (+ i 1)))))))

(defn body-text
  "A body as text, where it is UTF-8.
  Example: (wat.http/body-text (:body (wat.http/text 200 \"hello\"))) => \"hello\""
  [body <- Bytes] -> (Option String)
  (wat.string/from-bytes body))

(defn response
  "An answer of status, headers and body.
  Example: (:status (wat.http/response 204 [] (wat.string/to-bytes \"\"))) => 204"
  [status <- i64  headers <- (Vector (Tuple String String))  body <- Bytes] -> Response
  (Response 0 status headers body))

(defn text
  "An answer in plain text.
  Example: (:headers (wat.http/text 404 \"not here\")) => [[\"content-type\" \"text/plain; charset=utf-8\"]]"
  [status <- i64  content <- String] -> Response
  (response status [(tuple "content-type" "text/plain; charset=utf-8")] (wat.string/to-bytes content)))

(defn edn-response
  "An answer that is the value in EDN.
  Example: (wat.http/body-text (:body (wat.http/edn-response 200 [1 2]))) => \"[1 2]\""
  {:where [(Wire T)]}
  [status <- i64  value <- T] -> Response
  (response status [(tuple "content-type" "application/edn")] (wat.string/to-bytes (wat.edn/text value))))

(defn body-edn
  "A body as the EDN value, of the type that the place expects.
  Example: (map inc (wat.http/body-edn (:body (wat.http/edn-response 200 41)))) => #wat.core/Ok 42"
  {:where [(Wire T)]}
  [body <- Bytes] -> (Result T ReadError)
  (wat.edn/parse (unwrap-or (wat.string/from-bytes body) "\\")))

;; ---- the server

(defn traced
  "What the function gives, which is done for a request with these headers: `trace-id` is that of its `traceparent`, which
  requests made meanwhile take along; without one that is well formed it is in no trace. `serve` and `serve-streams` do this.
  Example: (wat.http/traced [(tuple \"traceparent\" \"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\")] trace-id) => \"4bf92f3577b34da6a3ce929d0e0e4736\""
  [headers <- (Vector (Tuple String String))  f <- (Fn [] -> T)] -> T
  (let [scope (belong headers)
        value (f)]
    (belong-no-more scope)
    value))

(defn listen
  "A server on the address, which serves nobody before `serve` or `next-request`. Port 0 is one that the system chooses.
  Example: (map (fn [s] (wat.string/starts-with? (:address s) \"127.0.0.1:\")) (wat.http/listen \"127.0.0.1:0\")) => #wat.core/Ok true"
  [on <- String  options <- ServerOptions] -> (Result Server IoError)
  (let [limits   [(unwrap-or (:connections options) 256)
                  (unwrap-or (:head options) 16384)
                  (unwrap-or (:body options) -1)
                  (time-or (seconds 10) (:head-time options))
                  (time-or (seconds 30) (:body-time options))
                  (time-or (seconds 30) (:write-time options))
                  (time-or (seconds 15) (:idle-time options))]
        resource (try (listen-resource on limits (unwrap-or (:certificate options) "") (unwrap-or (:key options) "")))]
    (Ok (Server resource (address-of resource)))))

(defn next-request
  "The next whole request; None when this node was told to stop and nothing is in hand any more.
  Example: (map (fn [r] (map :target r)) (wat.http/next-request (unwrap (wat.http/listen \"127.0.0.1:0\") \"listen\")))"
  [server <- Server] -> (Result (Option Request) IoError)
  (next-of (:resource server) 0))

(defn answer
  "Answers the request whose number the response has; an error of kind `:closed` where no client waits for it.
  Example: (map-err :kind (wat.http/answer (unwrap (wat.http/listen \"127.0.0.1:0\") \"listen\") (wat.http/text 200 \"hello\"))) => #wat.core/Err :closed"
  [server <- Server  r <- Response] -> (Result nil IoError)
  (answer-to (:resource server) (:id r) (:status r) (:headers r) (:body r)))

(defn serve
  "Answers each request with what the function makes of it, until this node is told to stop. A function that crashes
  answers 500, tells stderr, and the server goes on.
  Example: (wat.http/serve (unwrap (wat.http/listen \"127.0.0.1:0\") \"listen\") (fn [r] (wat.http/text 200 (:target r))))"
  [server <- Server  f <- (Fn [Request] -> Response)] -> (Result nil IoError)
  (match (try (next-request server))
    (None (Ok nil))
    ((Some request)
     (do (give server (with (made f request) :id (:id request)))
         (serve server f)))))

(defn made "What the function makes of the request." {:private true}
  [f <- (Fn [Request] -> Response)  request <- Request] -> Response
  (match (attempt (fn [] (traced (:headers request) (fn [] (f request)))))
    ((Ok r)      r)
    ((Err crash) (do (eprintln crash) (text 500 "the server failed\n")))))

(defn give "Answers, or says so where the answer cannot be written; a client that has gone needs none." {:private true}
  [server <- Server  r <- Response] -> nil
  (match (answer server r)
    ((Ok _) nil)
    ((Err e) (when (= (:kind e) :invalid)
               (eprintln e)
               (ignore (answer server (with (text 500 "the server failed\n") :id (:id r))))))))

(defn relay
  "A server as a program of its own: it writes where it listens, then each request, and takes the answers in any order, by
  number, until its client closes or stops it.
  Example: (spawn-thread (fn {:in wat.http/Response :out wat.http/ServerEvent} [] (wat.http/relay \"127.0.0.1:0\")))"
  [on <- String  options <- ServerOptions] -> nil
  (let [server (unwrap (listen on options) "the server cannot listen")]
    (println (ServerEvent/Listening (:address server)))
    (relay-on server)))

(defn relay-on "The rest of a relay." {:private true}
  [server <- Server] -> nil
  (match (unwrap (next-of (:resource server) 1) "the server failed")
    ((Some request) (do (println (ServerEvent/Asked request)) (relay-on server)))
    (None
     (match (readln)
       ((Some r) (do (give server r) (relay-on server)))
       (None     nil)))))

;; ---- bodies in pieces

(defn read
  "The next piece of a body, 64 KiB at most; None at its end. Errors: `:ended` and `:reset` where the peer went in the middle,
  `:timed-out`, `:limit`, `:malformed`, `:stopped`.
  Example: (map-err :kind (map (fn [r] (wat.http/read (:body r))) (wat.http/open \"GET\" \"http://127.0.0.1:1/\"))) => #wat.core/Err :refused"
  [reader <- Reader] -> (Result (Option Bytes) IoError)
  (read-piece (:resource reader)))

(defn fold-body
  "The state that the function makes of the state before and each piece of a body.
  Example: (map-err :kind (map (fn [r] (wat.http/fold-body (fn [n piece] (+ n (count piece))) 0 (:body r))) (wat.http/open \"GET\" \"http://127.0.0.1:1/\"))) => #wat.core/Err :refused"
  [f <- (Fn [S Bytes] -> S)  state <- S  reader <- Reader] -> (Result S IoError)
  (match (try (read reader))
    (None         (Ok state))
    ((Some piece) (fold-body f (f state piece) reader))))

(defn write
  "Writes a piece of a body: it waits while the peer takes no more. Errors: `:closed` and `:reset` where the peer went,
  `:timed-out`, `:invalid` for more than the length that was said, `:stopped`.
  Example: (map-err :kind (map (fn [w] (wat.http/write w (wat.string/to-bytes \"hello\"))) (wat.http/upload \"POST\" \"http://127.0.0.1:1/\"))) => #wat.core/Err :refused"
  [writer <- Writer  bytes <- Bytes] -> (Result nil IoError)
  (write-piece (:resource writer) bytes))

(defn finish
  "Ends a body. Less than the length that was said is an error of kind `:invalid`.
  Example: (map-err :kind (map wat.http/finish (wat.http/upload \"POST\" \"http://127.0.0.1:1/\"))) => #wat.core/Err :refused"
  [writer <- Writer] -> (Result nil IoError)
  (finish-on (:resource writer)))

(defn copy
  "Writes all that is read, piece by piece, without finishing: how many bytes.
  Example: (map-err :kind (map (fn [r] (map (fn [w] (wat.http/copy (:body r) w)) (wat.http/upload \"POST\" \"http://127.0.0.1:1/\"))) (wat.http/open \"GET\" \"http://127.0.0.1:1/\"))) => #wat.core/Err :refused"
  [from <- Reader  to <- Writer] -> (Result i64 IoError)
  (copied from to 0))

(defn copied "The rest of a copy, after so many bytes." {:private true}
  [from <- Reader  to <- Writer  n <- i64] -> (Result i64 IoError)
  (match (try (read from))
    (None         (Ok n))
    ((Some piece) (do (try (write to piece))
                      (copied from to (+ n (count piece)))))))

(defn next-exchange
  "The next request, whose body is to be read; None when this node was told to stop and nothing is in hand any more.
  Example: (map (fn [e] (map :target e)) (wat.http/next-exchange (unwrap (wat.http/listen \"127.0.0.1:0\") \"listen\")))"
  [server <- Server] -> (Result (Option Exchange) IoError)
  (match (try (begun-of (:resource server)))
    (None     (Ok None))
    ((Some o) (Ok (Some (Exchange (:id o)
                                  (:method o)
                                  (:target o)
                                  (:headers o)
                                  (:length o)
                                  (:peer o)
                                  (Reader (exchange-of (:resource server) (:id o)))))))))

(defn begin
  "Begins the answer to an exchange. With a Content-Length among the headers the body has so many bytes, else it goes in chunks.
  The rest of the request can still be read.
  Example: (map (fn [e] (map (fn [e] (wat.http/begin e 200 [])) e)) (wat.http/next-exchange (unwrap (wat.http/listen \"127.0.0.1:0\") \"listen\")))"
  [exchange <- Exchange  status <- i64  headers <- (Vector (Tuple String String))] -> (Result Writer IoError)
  (let [resource (:resource (:body exchange))]
    (try (begin-on resource status headers))
    (Ok (Writer resource))))

(defn reply
  "Answers an exchange with a whole response.
  Example: (map (fn [e] (map (fn [e] (wat.http/reply e (wat.http/text 200 \"hello\"))) e)) (wat.http/next-exchange (unwrap (wat.http/listen \"127.0.0.1:0\") \"listen\")))"
  [exchange <- Exchange  r <- Response] -> (Result nil IoError)
  (let [length  (tuple "content-length" (str (count (:body r))))
        headers (filter (fn [h] (let [(tuple name _) h] (not= (wat.string/lower name) "content-length"))) (:headers r))
        bare    (or (= (:status r) 204) (= (:status r) 304))
        writer  (try (begin exchange (:status r) (conj headers length)))]
    (when (not bare)
      (try (write writer (:body r))))
    (finish writer)))

(defn serve-streams
  "Hands each request to the function, one after another, until this node is told to stop; while one is read or written, all
  others are served as far as they go without the program. A function that crashes or gives an error tells stderr; where it has
  not begun to answer the client is told 500, else the connection ends.
  Example: (wat.http/serve-streams (unwrap (wat.http/listen \"127.0.0.1:0\") \"listen\") (fn [e] (wat.http/reply e (wat.http/text 200 (:target e)))))"
  [server <- Server  f <- (Fn [Exchange] -> (Result nil IoError))] -> (Result nil IoError)
  (match (try (next-exchange server))
    (None            (Ok nil))
    ((Some exchange) (do (handled f exchange)
                         (serve-streams server f)))))

(defn handled "Lets the function answer the exchange." {:private true}
  [f <- (Fn [Exchange] -> (Result nil IoError))  exchange <- Exchange] -> nil
  (match (attempt (fn [] (traced (:headers exchange) (fn [] (f exchange)))))
    ((Ok (Ok _))  nil)
    ((Ok (Err e)) (eprintln e))
    ((Err crash)  (eprintln crash))))

;; ---- the client

(defn request
  "Asks: the response, whatever its status. Errors: `:refused :timed-out :reset :ended :malformed :limit :invalid :stopped`,
  `:timeout` and `:cancelled` for the request in hand, and so on. Example: (map-err :kind (map :status (wat.http/request \"GET\" \"http://127.0.0.1:1/\"))) => #wat.core/Err :refused"
  [method <- String  url <- String  options <- RequestOptions] -> (Result Response IoError)
  (ask method url
       (unwrap-or (:headers options) [])
       (unwrap-or (:body options) (wat.string/to-bytes ""))
       (limits-of options 16777216)
       (unwrap-or (:roots options) "")))

(defn limits-of "The numbers of a request, with the limit of its body where none is said." {:private true}
  [options <- RequestOptions  limit <- i64] -> (Vector i64)
  [(time-or (seconds 30) (:timeout options))
   (unwrap-or (:redirects options) 5)
   65536
   (unwrap-or (:limit options) limit)
   (if (unwrap-or (:keep options) true) 1 0)])

(defn open
  "Asks, and gives the response before its body, which is then read in pieces.
  Example: (map-err :kind (map :status (wat.http/open \"GET\" \"http://127.0.0.1:1/\"))) => #wat.core/Err :refused"
  [method <- String  url <- String  options <- RequestOptions] -> (Result Incoming IoError)
  (incoming-of (try (open-resource method url
                                   (unwrap-or (:headers options) [])
                                   (unwrap-or (:body options) (wat.string/to-bytes ""))
                                   (limits-of options -1)
                                   (unwrap-or (:roots options) "")))))

(defn incoming-of "A response with its body to be read." {:private true}
  [call <- Resource] -> (Result Incoming IoError)
  (let [head (try (head-of call))]
    (Ok (Incoming (:status head) (:headers head) (Reader call)))))

(defn upload
  "Asks with a body that is written in pieces; `incoming` then gives the response. With a Content-Length among the headers the
  body has so many bytes, else it goes in chunks; with `Expect: 100-continue` the server has a second to answer before it is
  sent. Redirects are not followed.
  Example: (map-err :kind (map wat.http/finish (wat.http/upload \"POST\" \"http://127.0.0.1:1/\"))) => #wat.core/Err :refused"
  [method <- String  url <- String  options <- RequestOptions] -> (Result Writer IoError)
  (Ok (Writer (try (upload-resource method url
                                    (unwrap-or (:headers options) [])
                                    (limits-of options -1)
                                    (unwrap-or (:roots options) ""))))))

(defn incoming
  "The response to an upload, which is finished first where it is not. A server may answer before it has read all: `write` then
  gives `:closed`, and this the answer.
  Example: (map-err :kind (map (fn [w] (map :status (wat.http/incoming w))) (wat.http/upload \"POST\" \"http://127.0.0.1:1/\"))) => #wat.core/Err :refused"
  [upload <- Writer] -> (Result Incoming IoError)
  (incoming-of (:resource upload)))

(defn get
  "`request` with GET. Example: (map-err :kind (map :status (wat.http/get \"ftp://127.0.0.1/\"))) => #wat.core/Err :invalid"
  [url <- String  options <- RequestOptions] -> (Result Response IoError)
  (request "GET" url options))

(defn post
  "`request` with POST and a body. Example: (map-err :kind (map :status (wat.http/post \"http://127.0.0.1:1/\" (wat.string/to-bytes \"hello\")))) => #wat.core/Err :refused"
  [url <- String  body <- Bytes  options <- RequestOptions] -> (Result Response IoError)
  (request "POST" url (with options :body (Some body))))
