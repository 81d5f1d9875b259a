;; HTTP/1.1, as a server and as a client. Names of headers that arrive are in lower case; bodies are whole and bounded; a
;; message that two readers could take differently is refused. The server's waits are bounded by phase, so that a slow client
;; holds only its own connection; a stop closes the listener and answers what is in hand. It speaks http, not https.
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
  "Limits of a server: connections at once (256; others wait), bytes of a head (16 KiB) and of a body (1 MiB), and the time for
  a head (10 s), a body (30 s), an answer to leave (30 s) and between two requests (15 s).
  Example: (ok? (wat.http/listen \"127.0.0.1:0\" {:connections 4})) => true"
  [connections <- (Option i64)
   head        <- (Option i64)
   body        <- (Option i64)
   head-time   <- (Option Duration)
   body-time   <- (Option Duration)
   write-time  <- (Option Duration)
   idle-time   <- (Option Duration)])

(defstruct RequestOptions
  "What is asked and how: headers, body, the time for all of it (30 s), redirects followed (5; 0 gives the redirect itself), and the
  largest body of a response in bytes (16 MiB).
  Example: (map-err :kind (map :status (wat.http/request \"GET\" \"http://127.0.0.1:1/\" {:timeout (seconds 1)}))) => #wat.core/Err :refused"
  [headers   <- (Option (Vector (Tuple String String)))
   body      <- (Option Bytes)
   timeout   <- (Option Duration)
   redirects <- (Option i64)
   limit     <- (Option i64)])

(defn listen-resource "A server." {:intrinsic "http_listen" :private true}
  [address <- String  limits <- (Vector i64)] -> (Result Resource IoError))
(defn address-of "A server's address." {:intrinsic "http_address" :private true}
  [server <- Resource] -> String)
(defn next-of "The next request; with 1 an input of the program's own ends the wait."
  {:intrinsic "http_next" :private true}
  [server <- Resource  input <- i64] -> (Result (Option Request) IoError))
(defn answer-to "Answers a request." {:intrinsic "http_answer" :private true}
  [server <- Resource  id <- i64  status <- i64  headers <- (Vector (Tuple String String))  body <- Bytes]
  -> (Result nil IoError))
(defn ask "Asks a server." {:intrinsic "http_ask" :private true}
  [method <- String  url <- String  headers <- (Vector (Tuple String String))  body <- Bytes  limits <- (Vector i64)]
  -> (Result Response IoError))

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

(defn listen
  "A server on the address, which serves nobody before `serve` or `next-request`. Port 0 is one that the system chooses.
  Example: (map (fn [s] (wat.string/starts-with? (:address s) \"127.0.0.1:\")) (wat.http/listen \"127.0.0.1:0\")) => #wat.core/Ok true"
  [on <- String  options <- ServerOptions] -> (Result Server IoError)
  (let [limits   [(unwrap-or (:connections options) 256)
                  (unwrap-or (:head options) 16384)
                  (unwrap-or (:body options) 1048576)
                  (time-or (seconds 10) (:head-time options))
                  (time-or (seconds 30) (:body-time options))
                  (time-or (seconds 30) (:write-time options))
                  (time-or (seconds 15) (:idle-time options))]
        resource (try (listen-resource on limits))]
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
  (match (attempt (fn [] (f request)))
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

;; ---- the client

(defn request
  "Asks: the response, whatever its status. Errors: `:refused :timed-out :reset :ended :malformed :limit :invalid :stopped` and so
  on. Example: (map-err :kind (map :status (wat.http/request \"GET\" \"http://127.0.0.1:1/\"))) => #wat.core/Err :refused"
  [method <- String  url <- String  options <- RequestOptions] -> (Result Response IoError)
  (ask method url
       (unwrap-or (:headers options) [])
       (unwrap-or (:body options) (wat.string/to-bytes ""))
       [(time-or (seconds 30) (:timeout options))
        (unwrap-or (:redirects options) 5)
        65536
        (unwrap-or (:limit options) 16777216)]))

(defn get
  "`request` with GET. Example: (map-err :kind (map :status (wat.http/get \"ftp://127.0.0.1/\"))) => #wat.core/Err :invalid"
  [url <- String  options <- RequestOptions] -> (Result Response IoError)
  (request "GET" url options))

(defn post
  "`request` with POST and a body. Example: (map-err :kind (map :status (wat.http/post \"http://127.0.0.1:1/\" (wat.string/to-bytes \"hello\")))) => #wat.core/Err :refused"
  [url <- String  body <- Bytes  options <- RequestOptions] -> (Result Response IoError)
  (request "POST" url (with options :body (Some body))))
