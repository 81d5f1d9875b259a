//! Bodies in pieces of `wat.http`, as server and client: two hundred megabytes in flat memory, peers that vanish, stall, lie about
//! lengths or have had enough, and connections that serve again.

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::process::ExitStatusExt;
use std::sync::mpsc::channel;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use support::socket::reset;
use support::source::test_file;
use support::{Ended, Tree, process, turn, wat};

const MINUTE: Duration = Duration::from_secs(60);
/// What flows through a node, and what it may grow by meanwhile.
const FLOOD: usize = 200 << 20;
const GROWTH: u64 = 10 << 10;

fn server() -> (Tree, String) {
    let mut tree = wat(test_file("machine/http-streams")).start();
    let address = tree.line();
    (tree, address.trim_matches('"').to_string())
}

fn stop(tree: Tree) -> Ended {
    tree.signal(libc::SIGTERM);
    let ended = tree.finish();
    assert_eq!(ended.status.signal(), Some(libc::SIGTERM), "{ended:?}");
    ended
}

/// The most memory that the process has had, in KiB.
fn peak(tree: &Tree) -> u64 {
    process::memory(tree.pid(), "VmHWM:")
}

fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).expect("the server listens");
    stream.set_read_timeout(Some(MINUTE)).expect("a timeout");
    stream.set_write_timeout(Some(MINUTE)).expect("a timeout");
    stream
}

/// What still comes, up to the end or a reset.
fn rest(stream: &mut TcpStream) -> (String, bool) {
    let mut all = Vec::new();
    let mut piece = [0; 4096];
    loop {
        match stream.read(&mut piece) {
            Ok(0) => return (String::from_utf8_lossy(&all).into_owned(), true),
            Ok(count) => all.extend_from_slice(&piece[..count]),
            Err(e) => {
                assert_eq!(e.kind(), std::io::ErrorKind::ConnectionReset, "after {all:?}");
                return (String::from_utf8_lossy(&all).into_owned(), false);
            }
        }
    }
}

fn exchange(address: &str, request: &str) -> (String, bool) {
    let mut stream = connect(address);
    stream.write_all(request.as_bytes()).expect("the server reads");
    rest(&mut stream)
}

fn get(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
}

fn is_well(address: &str) {
    let (answer, _) = exchange(address, &get("/exact"));
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("\r\n\r\nexact"), "{answer}");
}

/// Reads chunks to their end: how many bytes.
fn dechunked(reader: &mut impl BufRead) -> usize {
    let mut total = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("the size of a chunk");
        let size = usize::from_str_radix(line.trim(), 16).unwrap_or_else(|_| panic!("no size: {line:?}"));
        let mut piece = vec![0; size + 2];
        reader.read_exact(&mut piece).expect("a chunk");
        if size == 0 {
            return total;
        }
        total += size;
    }
}

fn skip_head(reader: &mut impl BufRead) -> String {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(reader.read_line(&mut head).expect("a head") > 0, "it ended: {head:?}");
    }
    head
}

/// Guards: the window of a body in both directions: what does not fit it stays with the peer.
#[test]
fn two_hundred_megabytes_pass_through_a_server_in_flat_memory() {
    let _turn = turn(3 * MINUTE);
    let (tree, at) = server();
    is_well(&at);
    let before = peak(&tree);
    let piece = vec![b'y'; 1 << 20];
    for chunked in [false, true] {
        let mut client = connect(&at);
        let how = if chunked {
            "Transfer-Encoding: chunked".to_string()
        } else {
            format!("Content-Length: {FLOOD}")
        };
        write!(client, "POST /sink HTTP/1.1\r\nHost: a\r\n{how}\r\n\r\n").expect("the server reads");
        for _ in 0..FLOOD / piece.len() {
            if chunked {
                write!(client, "{:x}\r\n", piece.len()).expect("the server reads");
            }
            client.write_all(&piece).expect("the server reads");
            if chunked {
                client.write_all(b"\r\n").expect("the server reads");
            }
        }
        if chunked {
            client.write_all(b"0\r\n\r\n").expect("the server reads");
        }
        let mut reader = BufReader::new(client);
        skip_head(&mut reader);
        let mut said = String::new();
        reader.read_line(&mut said).expect("a line");
        let length = if chunked { "nil".to_string() } else { FLOOD.to_string() };
        assert_eq!(said, format!("POST {FLOOD} {length}\n"));
    }
    // A client that takes nothing back is not read on.
    let mut deaf = connect(&at);
    deaf.set_write_timeout(Some(Duration::from_millis(500))).expect("a timeout");
    write!(deaf, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: {FLOOD}\r\n\r\n")
        .expect("the server reads");
    let mut sent = 0;
    while sent < FLOOD
        && let Ok(count) = deaf.write(&piece)
    {
        sent += count;
    }
    assert!(sent < FLOOD, "all of it was read");
    drop(deaf);
    let mut client = connect(&at);
    client.write_all(get("/source").as_bytes()).expect("the server reads");
    // It has time to make more than it should.
    std::thread::sleep(Duration::from_millis(500));
    let mut reader = BufReader::new(client);
    assert!(skip_head(&mut reader).contains("transfer-encoding: chunked"));
    assert_eq!(dechunked(&mut reader), FLOOD);
    let grown = peak(&tree).saturating_sub(before);
    println!("a server grew by {grown} KiB over {} MiB", 3 * (FLOOD >> 20));
    assert!(grown < GROWTH, "it grew by {grown} KiB");
    stop(tree);
}

/// Guards: the same of a client, which reads from one server and writes to another.
#[test]
fn two_hundred_megabytes_pass_through_a_client_in_flat_memory() {
    let _turn = turn(3 * MINUTE);
    let mut tree = wat(test_file("machine/http-pump")).start();
    let (source, sink) = (listener(), listener());
    let (from, to) = (address(&source), address(&sink));
    let given = std::thread::spawn(move || {
        let (mut client, _) = source.accept().expect("the client comes");
        skip_head(&mut BufReader::new(client.try_clone().expect("a copy")));
        write!(client, "HTTP/1.1 200 OK\r\nContent-Length: {FLOOD}\r\n\r\n").expect("the client reads");
        let piece = vec![b'z'; 1 << 20];
        for _ in 0..FLOOD / piece.len() {
            client.write_all(&piece).expect("the client reads");
        }
    });
    let taken = std::thread::spawn(move || {
        let (client, _) = sink.accept().expect("the client comes");
        let mut reader = BufReader::new(client);
        assert!(skip_head(&mut reader).contains("transfer-encoding: chunked"));
        std::thread::sleep(Duration::from_millis(500));
        let count = dechunked(&mut reader);
        let words = format!("{count}");
        let answer = format!("HTTP/1.1 201 Created\r\nContent-Length: {}\r\n\r\n{words}", words.len());
        reader.get_mut().write_all(answer.as_bytes()).expect("the client reads");
        count
    });
    let small = listener();
    let at = address(&small);
    let thread = counting(small, 1, 1);
    assert_eq!(tree.ask(&format!("[:whole \"{at}\" \"\"]")), "#wat.core/Ok [200 2]");
    thread.join().expect("a server does not fail");
    let before = peak(&tree);
    assert_eq!(tree.ask(&format!("[:pump \"{from}\" \"{to}\"]")), "#wat.core/Ok [201 9]");
    given.join().expect("a server does not fail");
    assert_eq!(taken.join().expect("a server does not fail"), FLOOD);
    let grown = peak(&tree).saturating_sub(before);
    println!("a client grew by {grown} KiB over {} MiB", 2 * (FLOOD >> 20));
    assert!(grown < GROWTH, "it grew by {grown} KiB");
    let ended = tree.finish();
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
}

/// Guards: an answer that is not whole never looking whole, and the reason that the program is told.
#[test]
fn what_is_cut_short_is_seen_to_be() {
    let _turn = turn(2 * MINUTE);
    let (tree, at) = server();
    for (target, wanted, whole) in [
        ("/exact", "content-length: 5\r\nconnection: close\r\n\r\nexact", true),
        ("/short", "\r\n\r\nshort", false),
        ("/long", "\r\n\r\n", false),
        ("/half", "4\r\nhalf\r\n", false),
        ("/crash", "\r\n\r\nthe server failed\n", true),
        ("/forget", "\r\n\r\nthe server failed\n", true),
        ("/none", "no /none\n", true),
    ] {
        let (answer, end) = exchange(&at, &get(target));
        // A reset may overtake what was written before it.
        assert!(answer.ends_with(wanted) || (!end && !whole), "{target}: {answer:?}");
        assert_eq!(end, whole, "{target}: {answer:?}");
    }
    let head = |lines: &str| format!("POST /sink HTTP/1.1\r\nHost: a\r\n{lines}\r\n");
    for (request, how) in [
        (head("Content-Length: 10\r\n") + "half", Shutdown::Write),
        (head("Transfer-Encoding: chunked\r\n") + "4\r\nhalf\r\n", Shutdown::Write),
    ] {
        let mut client = connect(&at);
        client.write_all(request.as_bytes()).expect("the server reads");
        client.shutdown(how).expect("half of it");
        assert!(rest(&mut client).0.starts_with("HTTP/1.1 500 "));
    }
    let mut client = connect(&at);
    client.write_all((head("Content-Length: 10\r\n") + "half").as_bytes()).expect("the server reads");
    std::thread::sleep(Duration::from_millis(200));
    reset(client);
    let (answer, _) = exchange(&at, &(head("Transfer-Encoding: chunked\r\n") + "4\r\nhalf\r\nnonsense\r\n"));
    assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
    let (answer, _) = exchange(&at, &head("Content-Length: 250000001\r\n"));
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    // A reader that has had enough.
    let mut client = connect(&at);
    client.write_all(get("/source").as_bytes()).expect("the server reads");
    let mut piece = [0; 1000];
    client.read_exact(&mut piece).expect("it begins");
    reset(client);
    is_well(&at);
    let err = stop(tree).err;
    for words in [
        "5 bytes are missing of the answer's length",
        "4 bytes are more than the 3 that are left of its length",
        "in the middle",
        ":divide-by-zero",
        "the client ended in the middle of the body, after 4 bytes",
        ":malformed",
        "read 127.0.0.1",
        "write 127.0.0.1",
    ] {
        assert!(err.contains(words), "{words}: {err}");
    }
    assert_eq!(err.matches("connection reset by peer").count(), 2, "{err}");
}

/// Guards: a limit on a body in chunks that does not say how long it is.
#[test]
fn a_body_over_the_limit_ends_the_reading() {
    let _turn = turn(2 * MINUTE);
    let (tree, at) = server();
    let mut client = connect(&at);
    client
        .write_all(
            b"POST /sink HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\nfffffff\r\nb",
        )
        .expect("the server reads");
    let (answer, _) = rest(&mut client);
    assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
    is_well(&at);
    let err = stop(tree).err;
    assert!(err.contains("the body is longer than the limit of 250000000 bytes"), "{err}");
}

/// Guards: the time that a client has for a body, and to take an answer.
#[test]
fn a_client_that_stalls_or_drips_is_let_go_of() {
    let _turn = turn(2 * MINUTE);
    let (tree, at) = server();
    let began = Instant::now();
    let mut drip = connect(&at);
    drip.write_all(b"POST /sink HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
        .expect("the server reads");
    while began.elapsed() < Duration::from_secs(10) && drip.write_all(b"A").is_ok() {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(began.elapsed() < Duration::from_secs(10), "a body may drip for ever");
    let mut deaf = connect(&at);
    deaf.write_all(get("/source").as_bytes()).expect("the server reads");
    let began = Instant::now();
    is_well(&at);
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    drop(deaf);
    let err = stop(tree).err;
    assert_eq!(err.matches("the client takes too long").count(), 2, "{err}");
}

/// Guards: the word before a body being said when the program reads it, and only then; and HEAD, HTTP/1.0 and rows of requests.
#[test]
fn bodies_are_asked_for_when_they_are_read() {
    let _turn = turn(2 * MINUTE);
    let (tree, at) = server();
    let head = |target: &str| {
        format!("POST {target} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
    };
    let mut client = connect(&at);
    client.write_all(head("/sink").as_bytes()).expect("the server reads");
    let mut reader = BufReader::new(client);
    assert_eq!(skip_head(&mut reader), "HTTP/1.1 100 Continue\r\n\r\n");
    reader.get_mut().write_all(b"hello").expect("the server reads");
    assert!(skip_head(&mut reader).starts_with("HTTP/1.1 200 "));
    // An answer that begins before the body is read says the word first.
    reader.get_mut().write_all(head("/echo").as_bytes()).expect("the server reads");
    let mut said = String::new();
    reader.read_line(&mut said).expect("a line");
    assert_eq!(said, "POST 5 5\n");
    assert_eq!(skip_head(&mut reader), "HTTP/1.1 100 Continue\r\n\r\n");
    assert!(skip_head(&mut reader).starts_with("HTTP/1.1 200 "));
    reader.get_mut().write_all(b"hello").expect("the server reads");
    assert_eq!(dechunked(&mut reader), 5);
    let (answer, _) = exchange(&at, &head("/none"));
    assert!(answer.starts_with("HTTP/1.1 404 ") && answer.contains("connection: close"), "{answer}");
    let (answer, _) = exchange(&at, "HEAD /some HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("chunked"), "{answer}");
    assert_eq!(answer.find("\r\n\r\n"), Some(answer.len() - 4), "{answer}");
    let (answer, end) = exchange(&at, "GET /some HTTP/1.0\r\n\r\n");
    assert!(!answer.contains("chunked") && answer.ends_with("xxx") && end, "{}", &answer[..200]);
    assert!(answer.len() > 2 * 65536);
    let mut row = String::new();
    for n in 0..20 {
        row.push_str(&format!(
            "POST /sink HTTP/1.1\r\nHost: a\r\nContent-Length: {n}\r\n\r\n{}",
            "b".repeat(n)
        ));
    }
    row.push_str(&get("/exact"));
    let (answer, _) = exchange(&at, &row);
    let order: Vec<&str> = answer.lines().filter(|line| line.starts_with("POST ")).collect();
    assert_eq!(order, (0..20).map(|n| format!("POST {n} {n}")).collect::<Vec<_>>());
    assert_eq!(stop(tree).err, "");
}

/// Guards: an exchange in hand going on through a stop, and nothing new beginning.
#[test]
fn a_stop_lets_an_exchange_in_pieces_finish() {
    let _turn = turn(2 * MINUTE);
    let (tree, at) = server();
    let mut reader = BufReader::new(connect(&at));
    reader.get_mut().write_all(get("/slow").as_bytes()).expect("the server reads");
    skip_head(&mut reader);
    tree.signal(libc::SIGTERM);
    assert_eq!(dechunked(&mut reader), "begun ended".len());
    let end = Instant::now() + Duration::from_secs(10);
    while TcpStream::connect(&at).is_ok() {
        assert!(Instant::now() < end, "it listens after the exchange has ended");
        std::thread::sleep(Duration::from_millis(20));
    }
    let ended = tree.finish();
    assert_eq!(ended.status.signal(), Some(libc::SIGTERM), "{ended:?}");
    // One that waits for its client goes on, and one that has come; who has asked nothing is let go of.
    let (tree, at) = server();
    let mut idle = connect(&at);
    let (mut echo, mut sink) = (BufReader::new(connect(&at)), connect(&at));
    echo.get_mut()
        .write_all(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nbegun")
        .expect("the server reads");
    skip_head(&mut echo);
    echo.read_exact(&mut [0; 10]).expect("the first chunk");
    sink.write_all(b"POST /sink HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf")
        .expect("the server reads");
    std::thread::sleep(Duration::from_millis(100));
    tree.signal(libc::SIGTERM);
    assert_eq!(rest(&mut idle), (String::new(), true));
    assert!(TcpStream::connect(&at).is_err(), "a stopping server takes no more");
    echo.get_mut().write_all(b" ended").expect("the server reads");
    assert_eq!(dechunked(&mut echo), " ended".len());
    sink.write_all(b" done").expect("the server reads");
    let (answer, _) = rest(&mut sink);
    assert!(answer.contains("connection: close") && answer.ends_with("POST 9 9\n"), "{answer}");
    let ended = tree.finish();
    assert_eq!(ended.status.signal(), Some(libc::SIGTERM), "{ended:?}");
}

fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").expect("a port")
}

fn address(listener: &TcpListener) -> String {
    format!("http://{}/", listener.local_addr().expect("an address"))
}

/// A server that makes this of its first client.
fn serving(serve: impl FnOnce(TcpStream) + Send + 'static) -> (String, JoinHandle<()>) {
    let listener = listener();
    let at = address(&listener);
    let thread = std::thread::spawn(move || {
        let (client, _) = listener.accept().expect("the client comes");
        client.set_read_timeout(Some(MINUTE)).expect("a timeout");
        serve(client);
    });
    (at, thread)
}

/// Guards: the client's reading of a response in pieces, and its ear for an answer that comes before the request is whole.
#[test]
fn a_server_that_cuts_in_or_off_is_understood() {
    let _turn = turn(2 * MINUTE);
    let mut tree = wat(test_file("machine/http-pump")).start();
    let mut visit = |what: &str, serve: Box<dyn FnOnce(TcpStream) + Send>| {
        let (at, thread) = serving(serve);
        let answer = tree.ask(&format!("[:{what} \"{at}\" \"\"]"));
        thread.join().expect("a server does not fail");
        answer
    };
    let says = |text: &'static str| -> Box<dyn FnOnce(TcpStream) + Send> {
        Box::new(move |client| {
            let mut reader = BufReader::new(client);
            skip_head(&mut reader);
            reader.get_mut().write_all(text.as_bytes()).expect("the client reads");
        })
    };
    let ok = visit("open", says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"));
    assert_eq!(ok, "#wat.core/Ok [200 2]");
    let cut = visit("open", says("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"));
    assert!(cut.contains(":ended") && cut.contains("in the middle of the body, after 4 bytes"), "{cut}");
    let cut = visit("open", says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"));
    assert!(cut.contains(":ended") && cut.contains("after 5 bytes"), "{cut}");
    let bad = visit("open", says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello!"));
    assert!(bad.contains(":malformed"), "{bad}");
    let sip = visit(
        "sip",
        Box::new(|client| {
            let mut reader = BufReader::new(client);
            skip_head(&mut reader);
            let mut client = reader.into_inner();
            client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").expect("the client reads");
            while client.write_all(&[b'x'; 65536]).is_ok() {}
        }),
    );
    assert!(sip.starts_with("#wat.core/Ok [200 "), "{sip}");
    // It reads no more, and does not close before the client has gone.
    let (keep, kept) = channel();
    let early = move |client: TcpStream| {
        let mut reader = BufReader::new(client);
        skip_head(&mut reader);
        let mut client = reader.into_inner();
        client
            .write_all(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno")
            .expect("the client reads");
        keep.send(client).expect("it is kept");
    };
    assert_eq!(visit("push", Box::new(early)), "#wat.core/Ok [413 2]");
    drop(kept);
    let refusing: fn(TcpStream) = |client| {
        let mut reader = BufReader::new(client);
        let head = skip_head(&mut reader);
        assert!(head.contains("Expect: 100-continue") && head.contains("Content-Length: 20000000"), "{head}");
        let mut client = reader.into_inner();
        client.write_all(b"HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n").expect("the client reads");
        assert_eq!(client.read(&mut [0; 10]).expect("an end"), 0, "it sent what was refused");
    };
    assert_eq!(visit("expect", Box::new(refusing)), "#wat.core/Ok [417 0]");
    let asking: fn(TcpStream) = |client| {
        let mut reader = BufReader::new(client);
        skip_head(&mut reader);
        reader.get_mut().write_all(b"HTTP/1.1 100 Continue\r\n\r\n").expect("the client reads");
        let mut body = vec![0; 20_000_000];
        reader.read_exact(&mut body).expect("a whole body");
        reader.get_mut().write_all(b"HTTP/1.1 204 No\r\n\r\n").expect("the client reads");
    };
    assert_eq!(visit("expect", Box::new(asking)), "#wat.core/Ok [204 0]");
    for what in ["twice", "plus"] {
        let answer = tree.ask(&format!("[:{what} \"http://127.0.0.1:1/\" \"\"]"));
        assert!(
            answer.contains(":invalid") && answer.contains("Content-Length is not one number"),
            "{answer}"
        );
    }
    let ended = tree.finish();
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
}

/// The next client.
fn accepted(listener: &TcpListener) -> BufReader<TcpStream> {
    let (client, _) = listener.accept().expect("the client comes");
    client.set_read_timeout(Some(MINUTE)).expect("a timeout");
    BufReader::new(client)
}

/// Answers a request without a body: its head.
fn answered(client: &mut BufReader<TcpStream>) -> String {
    let head = skip_head(client);
    client.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi").expect("the client reads");
    head
}

/// Answers requests without bodies on so many connections, so many on each.
fn counting(listener: TcpListener, connections: usize, requests: usize) -> JoinHandle<()> {
    std::thread::spawn(move || {
        for _ in 0..connections {
            let mut client = accepted(&listener);
            for _ in 0..requests {
                answered(&mut client);
            }
        }
    })
}

fn sockets(tree: &Tree) -> usize {
    let folder = format!("/proc/{}/fd", tree.pid());
    let links = std::fs::read_dir(folder).expect("it runs").flatten();
    links
        .filter_map(|link| std::fs::read_link(link.path()).ok())
        .filter(|to| to.to_string_lossy().starts_with("socket:"))
        .count()
}

/// Guards: connections serving again, being looked at before they do, and the bound on those that wait.
#[test]
fn connections_serve_again() {
    let _turn = turn(2 * MINUTE);
    let mut tree = wat(test_file("machine/http-pump")).start();
    assert_eq!(
        tree.ask("[:whole \"nonsense\" \"\"]"),
        "#wat.core/Err [:invalid \"request nonsense: an address begins with http:// or https://\"]"
    );
    let before = sockets(&tree);
    // Two connections, which the server closes after five requests each: none of the ten fails, which may not be asked twice.
    let shared = listener();
    let at = address(&shared);
    let thread = counting(shared, 2, 5);
    for n in 0..10 {
        assert_eq!(tree.ask(&format!("[:post \"{at}\" \"\"]")), "#wat.core/Ok [200 2]");
        if n == 4 {
            // The end arrives.
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    thread.join().expect("a server does not fail");
    // One that ends as it is asked: a request that may be asked twice is.
    let lost = listener();
    let at = address(&lost);
    let thread = std::thread::spawn(move || {
        let mut client = accepted(&lost);
        answered(&mut client);
        skip_head(&mut client);
        drop(client);
        counting(lost, 1, 1).join().expect("a server does not fail");
    });
    for _ in 0..2 {
        assert_eq!(tree.ask(&format!("[:whole \"{at}\" \"\"]")), "#wat.core/Ok [200 2]");
    }
    thread.join().expect("a server does not fail");
    let closing = listener();
    let at = address(&closing);
    let thread = std::thread::spawn(move || {
        for _ in 0..2 {
            let mut client = accepted(&closing);
            assert!(answered(&mut client).contains("connection: close"));
            assert_eq!(client.read(&mut [0; 1]).expect("an end"), 0);
        }
    });
    for _ in 0..2 {
        assert_eq!(tree.ask(&format!("[:close \"{at}\" \"\"]")), "#wat.core/Ok [200 2]");
    }
    thread.join().expect("a server does not fail");
    let many: Vec<TcpListener> = (0..12).map(|_| listener()).collect();
    let threads: Vec<_> = many
        .iter()
        .map(|l| {
            let l = l.try_clone().expect("a copy");
            std::thread::spawn(move || {
                let mut client = accepted(&l);
                answered(&mut client);
                // Until the client lets go of it.
                assert_eq!(client.read(&mut [0; 1]).expect("an end"), 0);
            })
        })
        .collect();
    for l in &many {
        assert_eq!(tree.ask(&format!("[:whole \"{}\" \"\"]", address(l))), "#wat.core/Ok [200 2]");
    }
    assert_eq!(sockets(&tree) - before, 8);
    let ended = tree.finish();
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    for thread in threads {
        thread.join().expect("a server does not fail");
    }
}
