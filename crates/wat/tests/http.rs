//! A server of `wat.http` among hostile clients, over raw sockets of this machine.

mod support;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::process::ExitStatusExt;
use std::time::{Duration, Instant};
use support::source::test_file;
use support::{Ended, Random, Tree, turn, wat};

const MINUTE: Duration = Duration::from_secs(60);

fn server() -> (Tree, String) {
    let mut tree = wat(test_file("machine/http-server")).start();
    let address = tree.line();
    (tree, address.trim_matches('"').to_string())
}

/// A root that was told to stop and did.
fn stop(tree: Tree) -> Ended {
    tree.signal(libc::SIGTERM);
    ended_by_stop(tree.finish())
}

/// Not killed at the end of its time: by the signal that told it.
fn ended_by_stop(ended: Ended) -> Ended {
    assert_eq!(ended.status.signal(), Some(libc::SIGTERM), "{ended:?}");
    ended
}

fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).expect("the server listens");
    stream.set_read_timeout(Some(MINUTE)).expect("a timeout");
    stream
}

/// All that the server answers to these bytes and the end of the client's side.
fn exchange(address: &str, bytes: &[u8]) -> String {
    let mut stream = connect(address);
    // The server may have refused and closed before it has read all.
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    rest(&mut stream)
}

fn rest(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    let mut piece = [0; 4096];
    loop {
        match stream.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => all.extend_from_slice(&piece[..count]),
            Err(e) => {
                assert_eq!(e.kind(), std::io::ErrorKind::ConnectionReset, "after {all:?}");
                break;
            }
        }
    }
    String::from_utf8_lossy(&all).into_owned()
}

fn is_well(address: &str) {
    let answer = exchange(address, b"GET /well HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("GET /well 0\n"), "{answer}");
}

/// Guards: the strict reading of heads and bodies, and the headers of answers being looked at.
#[test]
fn malformed_and_oversized_requests_are_refused_with_their_status() {
    let _turn = turn(2 * MINUTE);
    let (tree, at) = server();
    let post = |lines: &str, body: &str| format!("POST / HTTP/1.1\r\nHost: a\r\n{lines}\r\n{body}");
    let get = |target: &str| format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");
    let cases = [
        (get("/x?y=1"), "200"),
        ("GET / HTTP/1.0\r\n\r\n".to_string(), "200"),
        ("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n".to_string(), "200"),
        (post("Content-Length: 3\r\n", "abc"), "200"),
        (post("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\n\r\n"), "200"),
        (post("Expect: 100-continue\r\nContent-Length: 3\r\n", "abc"), "200"),
        ("garbage\r\n\r\n".to_string(), "400"),
        ("\u{0}\u{1}\u{2}".repeat(100), "400"),
        ("GET / HTTP/1.1\r\n\r\n".to_string(), "400"),
        ("GET / HTTP/3.0\r\n\r\n".to_string(), "505"),
        (get(&format!("/{}", "a".repeat(3000))), "431"),
        (format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(101)), "431"),
        (post("Content-Length: 4097\r\n", ""), "413"),
        (post("Content-Length: 99999999999999999999999\r\n", ""), "400"),
        (post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "abc"), "400"),
        (post("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd"), "400"),
        (post("Transfer-Encoding: gzip\r\n", "abc"), "501"),
        (post("Transfer-Encoding: chunked\r\n", "nonsense\r\n"), "400"),
        (post("Transfer-Encoding: chunked\r\n", "3\r\nabcdef\r\n0\r\n\r\n"), "400"),
        (post("Transfer-Encoding: chunked\r\n", "fff\r\n"), ""),
        (post("Transfer-Encoding: chunked\r\n", "ffffff\r\n"), "413"),
        (post("Content-Length: 3\r\n", "a"), ""),
        ("GET / HT".to_string(), ""),
        (get("/crash"), "500"),
        (get("/inject"), "500"),
        (get("/status"), "500"),
    ];
    for (request, status) in cases {
        let answer = exchange(&at, request.as_bytes());
        let shown: String = request.chars().take(200).collect();
        if status.is_empty() {
            assert_eq!(answer, "", "{shown:?}");
        } else {
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{shown:?} was answered {answer:?}");
        }
        assert!(!answer.contains("X-C"), "{answer}");
    }
    is_well(&at);
    let ended = stop(tree);
    assert!(ended.err.contains(":divide-by-zero") && ended.err.contains("\\\"X-A\\\""), "{ended:?}");
}

/// Guards: one connection's requests being answered in order, and an answer outliving the client's half of it.
#[test]
fn requests_in_a_row_are_answered_in_order() {
    let _turn = turn(MINUTE);
    let (tree, at) = server();
    let row: String = (0..20).map(|n| format!("GET /{n} HTTP/1.1\r\nHost: a\r\n\r\n")).collect();
    let answer = exchange(&at, row.as_bytes());
    let order: Vec<&str> = answer.lines().filter(|line| line.starts_with("GET /")).collect();
    assert_eq!(order, (0..20).map(|n| format!("GET /{n} 0")).collect::<Vec<_>>());
    stop(tree);
}

/// Guards: the time limit of each phase: a slow client is told so and holds up nobody.
#[test]
fn a_slow_client_holds_only_itself() {
    let _turn = turn(MINUTE);
    let (tree, at) = server();
    let mut slow: Vec<TcpStream> = (0..20).map(|_| connect(&at)).collect();
    for (i, stream) in slow.iter_mut().enumerate() {
        let start: &[u8] = if i % 2 == 0 {
            b"GET / HTTP/1.1\r\nA: "
        } else {
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc"
        };
        stream.write_all(start).expect("the server reads");
    }
    is_well(&at);
    let began = Instant::now();
    for stream in &mut slow {
        let answer = rest(stream);
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    }
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    // A head that comes a byte at a time has the same limit.
    let mut drip = connect(&at);
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(10) && drip.write_all(b"A").is_ok() {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(began.elapsed() < Duration::from_secs(10), "a head may drip for ever");
    is_well(&at);
    stop(tree);
}

/// Guards: the limit of connections being one of those served at once, not of those that come.
#[test]
fn more_clients_than_connections_are_all_served() {
    let _turn = turn(2 * MINUTE);
    let (tree, at) = server();
    let clients: Vec<_> = (0..200)
        .map(|n| {
            let at = at.clone();
            std::thread::spawn(move || {
                let request = format!("GET /{n} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
                exchange(&at, request.as_bytes()).ends_with(&format!("GET /{n} 0\n"))
            })
        })
        .collect();
    let served = clients.into_iter().map(|c| c.join()).filter(|r| matches!(r, Ok(true))).count();
    assert_eq!(served, 200);
    stop(tree);
}

/// Guards: a stop that finishes what is in hand, closes what is idle and takes nothing new.
#[test]
fn a_stop_answers_what_is_in_hand() {
    let _turn = turn(MINUTE);
    let (tree, at) = server();
    let mut begun = connect(&at);
    begun
        .write_all(b"POST /late HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc")
        .expect("the server reads");
    let mut idle = connect(&at);
    is_well(&at);
    tree.signal(libc::SIGTERM);
    assert_eq!(rest(&mut idle), "");
    assert!(TcpStream::connect(&at).is_err(), "a stopping server takes no more");
    begun.write_all(b"def").expect("the server reads");
    let answer = rest(&mut begun);
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("POST /late 6\n"), "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
    ended_by_stop(tree.finish());
}

/// Guards: the reader of requests as a whole: whatever comes, the server answers or closes and goes on.
#[test]
fn mutated_requests_do_not_end_the_server() {
    let _turn = turn(2 * MINUTE);
    let (tree, at) = server();
    let mut random = Random::seeded();
    let whole: [&[u8]; 4] = [
        b"GET /a?b=c HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nT: u\r\n\r\n",
        b"HEAD / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n",
    ];
    let pieces: [&[u8]; 10] = [
        b"\r\n",
        b"\n",
        b"\0",
        b":",
        b" ",
        b"chunked",
        b"Content-Length: 7\r\n",
        b"ffffffff",
        b"\xff",
        b"HTTP/1.1",
    ];
    for _ in 0..300 {
        let mut bytes = Vec::new();
        for _ in 0..1 + random.below(3) {
            bytes.extend_from_slice(whole[random.below(whole.len())]);
        }
        for _ in 0..random.below(6) {
            let at = random.below(bytes.len());
            match random.below(4) {
                0 => bytes[at] = random.next() as u8,
                1 if bytes.len() > 1 => {
                    bytes.remove(at);
                }
                2 => {
                    bytes.splice(at..at, pieces[random.below(pieces.len())].iter().copied());
                }
                _ => bytes.truncate(at.max(1)),
            }
        }
        let answer = exchange(&at, &bytes);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 "), "{bytes:?} was answered {answer:?}");
    }
    is_well(&at);
    assert_eq!(stop(tree).err, "");
}

/// Guards: the client's limits on time and size, and its strict reading of what a hostile server says.
#[test]
fn a_hostile_server_costs_a_client_an_error() {
    let _turn = turn(MINUTE);
    let mut tree = wat(test_file("machine/http-client")).start();
    let ok = "HTTP/1.1 200 OK\r\n";
    let cases: [(String, bool, &str); 11] = [
        (format!("{ok}Content-Length: 2\r\n\r\nhi"), false, "#wat.core/Ok [200 2]"),
        (format!("{ok}\r\nto the end"), false, "#wat.core/Ok [200 10]"),
        (
            format!("HTTP/1.1 100 Continue\r\n\r\n{ok}Content-Length: 0\r\n\r\n"),
            false,
            "#wat.core/Ok [200 0]",
        ),
        (
            format!("{ok}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"),
            false,
            "#wat.core/Ok [200 2]",
        ),
        (String::new(), false, "#wat.core/Err :ended"),
        ("garbage\r\n\r\n".to_string(), false, "#wat.core/Err :malformed"),
        (format!("{ok}Content-Length: 5\r\n\r\nhi"), false, "#wat.core/Err :ended"),
        (format!("{ok}Transfer-Encoding: chunked\r\n\r\nzz\r\n"), false, "#wat.core/Err :malformed"),
        (format!("{ok}Content-Length: 100001\r\n\r\n"), false, "#wat.core/Err :limit"),
        (format!("{ok}\r\n{}", "x".repeat(100_001)), false, "#wat.core/Err :limit"),
        (format!("{ok}Content-Length: 5\r\n\r\nhi"), true, "#wat.core/Err :timed-out"),
    ];
    let mut visit = |serve: Box<dyn FnOnce(TcpStream) + Send>| {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let at = listener.local_addr().expect("an address");
        let server = std::thread::spawn(move || {
            let (mut client, _) = listener.accept().expect("the client comes");
            let _ = client.read(&mut [0; 4096]);
            serve(client);
        });
        let answer = tree.ask(&format!("\"http://{at}/\""));
        server.join().expect("a server does not fail");
        answer
    };
    for (answer, hangs, wanted) in cases {
        let serve = move |mut client: TcpStream| {
            // The client may have had enough before it is all written.
            let _ = client.write_all(answer.as_bytes());
            if hangs {
                let _ = client.read(&mut [0; 4096]);
            }
        };
        assert_eq!(visit(Box::new(serve)), wanted);
    }
    // What is no answer, or next to nothing of one, does not outlast the time, however fast it comes.
    let words = "HTTP/1.1 100 Continue\r\n\r\n".repeat(1000);
    let chunks = format!("1;{}\r\na\r\n", "x".repeat(4000)).repeat(10);
    for (begin, piece) in [("", words), ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", chunks)] {
        let serve = move |mut client: TcpStream| {
            client.write_all(begin.as_bytes()).expect("the client reads");
            while client.write_all(piece.as_bytes()).is_ok() {}
        };
        assert_eq!(visit(Box::new(serve)), "#wat.core/Err :timed-out");
    }
    let ended = tree.finish();
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
}

const TRACES: &str = r#"
(ns traces (:use [wat.http :as http]))

(defn server {:in i64 :out String} [] -> nil
  (let [s (unwrap (http/listen "127.0.0.1:0") "listen")]
    (println (:address s))
    (ignore (http/serve s (fn [_] (http/text 200 (unwrap-or (trace-id) "none")))))))

(defn main [] -> nil
  (let [p  (spawn-process server {:authority [(net-listen 0)]})
        at (unwrap (unwrap (recv p) "an address") "an address")]
    (serve (fn [url <- String]
             (if (= url "where")
               at
               (match (http/get (if (= url "") (str "http://" at "/") url))
                 ((Ok r)  (unwrap-or (http/body-text (:body r)) "?"))
                 ((Err e) (str (:kind e)))))))))
"#;

/// Guards: the header `traceparent` written by a client and read by a server, the scope that a request's trace ends with,
/// and the deadline of the request in hand in a client's waits.
#[test]
fn a_trace_goes_on_over_http_and_a_deadline_ends_what_is_asked() {
    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    let _turn = turn(MINUTE);
    let source = support::program(TRACES);
    let mut root = wat(&source.file).start();
    let at = root.ask("\"where\"").trim_matches('"').to_string();
    assert_eq!(root.ask(&format!("#_#wat/context {{:trace \"{TRACE}\"}} \"\"")), format!("\"{TRACE}\""));
    assert_eq!(root.ask("\"\""), "\"none\"");
    let told = |headers: &str| {
        let asked = format!("GET / HTTP/1.1\r\nHost: a\r\n{headers}Connection: close\r\n\r\n");
        let answer = exchange(&at, asked.as_bytes());
        answer.rsplit("\r\n").next().expect("a body").to_string()
    };
    let parent = format!("Traceparent: 00-{TRACE}-00f067aa0ba902b7-01\r\n");
    assert_eq!(told(&parent), TRACE);
    assert_eq!(told(""), "none");
    assert_eq!(told(&parent.replace("-01", "-1")), "none");
    assert_eq!(told(&parent.repeat(2)), "none");

    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("\"http://{}/\"", silent.local_addr().expect("an address"));
    let heard = std::thread::spawn(move || {
        let (mut stream, _) = silent.accept().expect("a client");
        rest(&mut stream)
    });
    let before = Instant::now();
    let asked = format!("#_#wat/context {{:left 300000000 :trace \"{TRACE}\"}} {url}");
    assert_eq!(root.ask(&asked), "\":timeout\"");
    assert!(before.elapsed() < Duration::from_secs(15), "{:?}", before.elapsed());
    let heard = heard.join().expect("a request");
    assert!(heard.contains(&format!("\r\ntraceparent: 00-{TRACE}-")), "{heard}");
    assert_eq!(root.ask(&format!("#_#wat/context {{:left 0}} {url}")), "#_#wat/late {} nil");
    stop(root);
}
