//! A client of `wat.net` among hostile servers, over real sockets of this machine: refused, reset, slow, endless, cut short.

mod support;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};
use support::socket::reset;
use support::source::test_file;
use support::{Tree, process, turn, wat};

const MINUTE: Duration = Duration::from_secs(60);

/// What the program says of a visit to a server that does this with its client.
fn visit(tree: &mut Tree, what: &str, serve: impl FnOnce(TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let at = listener.local_addr().expect("an address");
    let server = std::thread::spawn(move || {
        let (client, _) = listener.accept().expect("the client comes");
        client.set_write_timeout(Some(MINUTE)).expect("a timeout");
        client.set_read_timeout(Some(MINUTE)).expect("a timeout");
        serve(client);
    });
    let answer = tree.ask(&format!("[\"{at}\" :{what}]"));
    server.join().expect("a server does not fail");
    answer
}

/// Writes until the peer has had enough.
fn endless(mut client: TcpStream, piece: &[u8]) {
    while client.write_all(piece).is_ok() {}
}

/// Writes the pieces with a pause before each; the peer may have gone.
fn slow(mut client: TcpStream, pieces: usize, piece: &[u8]) {
    for _ in 0..pieces {
        std::thread::sleep(Duration::from_millis(100));
        if client.write_all(piece).is_err() {
            return;
        }
    }
}

/// Guards: the limits on time and size of every read and write, and the kinds of what goes wrong.
#[test]
fn a_hostile_server_costs_a_client_an_error() {
    let _turn = turn(2 * MINUTE);
    let mut tree = wat(test_file("machine/net-client")).start();
    let nobody = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port");
    assert_eq!(tree.ask(&format!("[\"{nobody}\" :lines]")), "#wat.core/Err :refused");

    assert_eq!(visit(&mut tree, "lines", |mut c| c.write_all(b"a\nb\r\nc").expect("room")), "#wat.core/Ok 3");
    assert_eq!(visit(&mut tree, "lines", drop), "#wat.core/Ok 0");
    assert_eq!(visit(&mut tree, "values", |mut c| c.write_all(b"1 2\n39").expect("room")), "#wat.core/Ok 42");

    for what in ["lines", "values", "bytes"] {
        let wanted = "#wat.core/Err :reset";
        let resets = |mut client: TcpStream| {
            client.write_all(b"4").expect("room");
            std::thread::sleep(Duration::from_millis(50));
            reset(client);
        };
        assert_eq!(visit(&mut tree, what, resets), wanted, "{what}");
        let wanted = "#wat.core/Err :timed-out";
        let silent = |mut c: TcpStream| drop(c.read(&mut [0]));
        assert_eq!(visit(&mut tree, what, silent), wanted, "{what}");
    }
    assert_eq!(visit(&mut tree, "lines", |c| endless(c, &[b'x'; 4096])), "#wat.core/Err :limit");
    assert_eq!(visit(&mut tree, "values", |c| endless(c, &[b'['; 4096])), "#wat.core/Err :malformed");
    assert_eq!(visit(&mut tree, "values", |c| endless(c, &[b'1'; 4096])), "#wat.core/Err :malformed");
    // What never becomes a value does not outlast the time either, however fast it comes.
    for nothing in ["; nothing\n", "#_1 "] {
        let nothing = nothing.repeat(4096);
        let answer = visit(&mut tree, "values", move |c| endless(c, nothing.as_bytes()));
        assert_eq!(answer, "#wat.core/Err :timed-out");
    }
    assert_eq!(
        visit(&mut tree, "lines", |mut c| c.write_all(b"\xff\xfe\n").expect("room")),
        "#wat.core/Err :invalid"
    );
    assert_eq!(
        visit(&mut tree, "bytes", |mut c| c.write_all(b"short").expect("room")),
        "#wat.core/Err :ended"
    );
    assert_eq!(visit(&mut tree, "bytes", |c| endless(c, &[0; 4096])), "#wat.core/Ok 100000");

    // A peer that takes nothing, and one that goes while it is written to.
    let takes_nothing = |client: TcpStream| {
        std::thread::sleep(Duration::from_secs(2));
        drop(client);
    };
    assert_eq!(visit(&mut tree, "flood", takes_nothing), "#wat.core/Err :timed-out");
    let goes = visit(&mut tree, "flood", |mut client| {
        client.read_exact(&mut [0; 1000]).expect("the client writes");
        reset(client);
    });
    assert!(goes == "#wat.core/Err :reset" || goes == "#wat.core/Err :closed", "{goes}");

    // The limit on time is of the whole line: a peer that sends a byte now and then cannot prolong it.
    let begin = Instant::now();
    assert_eq!(visit(&mut tree, "lines", |c| slow(c, 30, b"x")), "#wat.core/Err :timed-out");
    assert!(begin.elapsed() < Duration::from_secs(10), "after {:?}", begin.elapsed());

    let used = process::memory(tree.pid(), "VmHWM");
    assert!(used < 200 << 10, "{used} KiB");
    let ended = tree.finish();
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
}
