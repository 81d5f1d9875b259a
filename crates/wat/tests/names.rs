//! Names of hosts, looked up by a client of `wat.net` at a name server of this test: whole answers, chains, answers that do not
//! fit, and servers that lie, refuse or say nothing.

mod support;

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use support::source::test_file;
use support::{Launch, Tree, turn, wat};

const MINUTE: Duration = Duration::from_secs(60);
const A: u16 = 1;
const CNAME: u16 = 5;
const TXT: u16 = 16;
const HOME: Ipv4Addr = Ipv4Addr::LOCALHOST;
/// Nothing listens there, and connecting to it fails at once.
const ELSEWHERE: Ipv4Addr = Ipv4Addr::new(127, 9, 9, 9);

/// A question: its header's number, its name, and the bytes of it after the header.
struct Question {
    id: u16,
    name: String,
    kind: u16,
    bytes: Vec<u8>,
}

impl Question {
    fn read(message: &[u8]) -> Question {
        let mut labels = Vec::new();
        let mut at = 12;
        while message[at] != 0 {
            let end = at + 1 + usize::from(message[at]);
            labels.push(String::from_utf8_lossy(&message[at + 1..end]).into_owned());
            at = end;
        }
        Question {
            id: u16::from_be_bytes([message[0], message[1]]),
            name: labels.join("."),
            kind: u16::from_be_bytes([message[at + 1], message[at + 2]]),
            bytes: message[12..at + 5].to_vec(),
        }
    }

    /// Much that is no answer, as fast as it goes, until so long has passed or it is over.
    fn flood(&self, udp: &UdpSocket, to: SocketAddr, time: Duration, over: &AtomicBool) {
        let mut other = self.answer(0, &vec![(self.name.as_str(), A, HOME.octets().to_vec()); 1500]);
        other[0] ^= 0xff;
        let end = Instant::now() + time;
        while Instant::now() < end && !over.load(Ordering::Relaxed) {
            // There may be no room for it.
            let _ = udp.send_to(&other, to);
        }
    }

    /// An answer with these flags and records.
    fn answer(&self, flags: u16, records: &[(&str, u16, Vec<u8>)]) -> Vec<u8> {
        let mut out = Vec::new();
        for word in [self.id, 0x8080 | flags, 1, records.len() as u16, 0, 0] {
            out.extend(word.to_be_bytes());
        }
        out.extend(&self.bytes);
        for (name, kind, data) in records {
            out.extend(encoded(name));
            out.extend(kind.to_be_bytes());
            out.extend([0, 1, 0, 0, 0, 60]);
            out.extend((data.len() as u16).to_be_bytes());
            out.extend(data);
        }
        out
    }

    /// Its address, where IPv4 is asked for.
    fn home(&self, name: &str, at: Ipv4Addr) -> Vec<(&'static str, u16, Vec<u8>)> {
        let name: &'static str = name.to_string().leak();
        if self.kind == A { vec![(name, A, at.octets().to_vec())] } else { Vec::new() }
    }
}

fn encoded(name: &str) -> Vec<u8> {
    let mut out: Vec<u8> =
        name.split('.').flat_map(|label| [&[label.len() as u8], label.as_bytes()].concat()).collect();
    out.push(0);
    out
}

/// The datagrams that answer a question.
fn answers(q: &Question) -> Vec<Vec<u8>> {
    let home = |name: &str| q.answer(0, &q.home(name, HOME));
    match q.name.as_str() {
        "one.test" | "short.lan.test" => vec![home(&q.name)],
        "Upper.TEST" => vec![home("upper.test")],
        "alias.test" => {
            let mut records = vec![
                ("alias.test", CNAME, encoded("middle.test")),
                ("middle.test", CNAME, encoded("one.test")),
            ];
            records.extend(q.home("one.test", HOME));
            vec![q.answer(0, &records)]
        }
        "far.test" => vec![q.answer(0, &[("far.test", CNAME, encoded("one.test"))])],
        "round.test" => vec![q.answer(
            0,
            &[("round.test", CNAME, encoded("back.test")), ("back.test", CNAME, encoded("round.test"))],
        )],
        "on.test" => vec![q.answer(0, &[("on.test", CNAME, encoded("off.test"))])],
        "off.test" => vec![q.answer(0, &[("off.test", CNAME, encoded("on.test"))])],
        "big.test" | "cut.test" => vec![q.answer(0x0200, &[])],
        "empty.test" => vec![q.answer(0, &[])],
        // What a liar says comes first: rubbish, and an address for another number, for another name and another kind, for two
        // questions, and in a question.
        "liar.test" => {
            let lie = q.answer(0, &q.home("liar.test", ELSEWHERE));
            let to = |name: &str, kind: u16, times: usize| {
                let bytes = [encoded(name), vec![0, kind as u8, 0, 1]].concat().repeat(times);
                let question = Question { id: q.id, name: String::new(), kind: q.kind, bytes };
                let mut out = question.answer(0, &q.home("liar.test", ELSEWHERE));
                out[5] = times as u8;
                out
            };
            let (mut other, mut asked) = (lie.clone(), lie);
            other[0] ^= 0xff;
            asked[2] &= 0x7f;
            let foreign = [to("else.test", q.kind, 1), to("liar.test", TXT, 1), to("liar.test", q.kind, 2)];
            let rubbish = [b"rubbish".to_vec(), vec![0xff; 600], Vec::new()];
            [&rubbish[..], &foreign, &[other, asked, home("liar.test")]].concat()
        }
        // A record for a name nobody asked for.
        "stray.test" => vec![q.answer(0, &q.home("one.test", ELSEWHERE))],
        "mute.test" | "flood.test" => vec![],
        "rubbish.test" => vec![q.answer(0, &[])[..14].to_vec(), vec![0xc0; 512]],
        "broken.test" => vec![q.answer(2, &[])],
        _ => vec![q.answer(3, &[])],
    }
}

struct Servers {
    address: SocketAddr,
    over: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
    place: PathBuf,
}

impl Servers {
    fn start() -> Servers {
        let (udp, tcp) = loop {
            let udp = UdpSocket::bind("127.0.0.1:0").expect("a port");
            if let Ok(tcp) = TcpListener::bind(udp.local_addr().expect("an address")) {
                break (udp, tcp);
            }
        };
        let address = udp.local_addr().expect("an address");
        let over = Arc::new(AtomicBool::new(false));
        udp.set_read_timeout(Some(Duration::from_millis(20))).expect("a timeout");
        tcp.set_nonblocking(true).expect("no waits");
        let ends = (over.clone(), over.clone());
        let threads = vec![
            std::thread::spawn(move || {
                let mut message = [0; 512];
                while !ends.0.load(Ordering::Relaxed) {
                    let Ok((length, from)) = udp.recv_from(&mut message) else { continue };
                    let q = Question::read(&message[..length]);
                    for answer in answers(&q) {
                        udp.send_to(&answer, from).expect("loopback takes it");
                    }
                    if q.name == "flood.test" {
                        q.flood(&udp, from, Duration::from_secs(5), &ends.0);
                    }
                }
            }),
            std::thread::spawn(move || {
                while !ends.1.load(Ordering::Relaxed) {
                    let Ok((mut client, _)) = tcp.accept() else {
                        std::thread::sleep(Duration::from_millis(5));
                        continue;
                    };
                    client.set_nonblocking(false).expect("waits");
                    let mut message = [0; 514];
                    let length = client.read(&mut message).expect("a question");
                    let q = Question::read(&message[2..length]);
                    let records: Vec<_> = (0..60)
                        .flat_map(|n| q.home("big.test", if n == 0 { HOME } else { ELSEWHERE }))
                        .collect();
                    let answer = q.answer(0, &records);
                    client.write_all(&(answer.len() as u16).to_be_bytes()).expect("the client reads");
                    let whole = if q.name == "cut.test" { answer.len() / 2 } else { answer.len() };
                    client.write_all(&answer[..whole]).expect("the client reads");
                }
            }),
        ];
        let place = std::env::temp_dir().join(format!("wat-names-{}", std::process::id()));
        std::fs::create_dir_all(&place).expect("a folder");
        Servers { address, over, threads, place }
    }

    /// The program, which asks this server as these lines say.
    fn client(&self, lines: &str) -> Launch {
        self.client_of("machine/names", lines)
    }

    fn client_of(&self, program: &str, lines: &str) -> Launch {
        let settings = format!("nameserver {}\nsearch lan.test\n{lines}\n", self.address);
        let (resolv, hosts) = (self.place.join("resolv.conf"), self.place.join("hosts"));
        std::fs::write(&resolv, settings).expect("written");
        std::fs::write(&hosts, "127.0.0.1 byfile one.test.hosts\n").expect("written");
        wat(test_file(program))
            .env("WAT_RESOLV_CONF", resolv.to_str().expect("text"))
            .env("WAT_HOSTS", hosts.to_str().expect("text"))
    }

    fn end(self) {
        self.over.store(true, Ordering::Relaxed);
        for thread in self.threads {
            thread.join().expect("a server does not fail");
        }
        std::fs::remove_dir_all(self.place).expect("removed");
    }
}

fn finish(tree: Tree) {
    let ended = tree.finish();
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
}

/// Guards: the search list, chains of names, TCP for what does not fit, and the look at number, name and kind of each answer.
#[test]
fn names_lead_to_addresses_whatever_else_is_said() {
    let _turn = turn(2 * MINUTE);
    let servers = Servers::start();
    let goal = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = goal.local_addr().expect("an address").port();
    let mut tree = servers.client("options timeout:20 attempts:1").start();
    for name in [
        "one.test",
        "one.test.",
        "Upper.TEST",
        "short",
        "alias.test",
        "far.test",
        "big.test",
        "liar.test",
        "byfile",
        "localhost",
        "a.localhost",
    ] {
        let wanted = format!("#wat.core/Ok \"{name}:{port}\"");
        assert_eq!(tree.ask(&format!("\"{name}:{port}\"")), wanted);
    }
    finish(tree);
    servers.end();
}

/// Guards: each way not to get an address having its own words and kind of error, and the time of a server that is never silent.
#[test]
fn a_name_without_an_address_says_why() {
    let _turn = turn(2 * MINUTE);
    let servers = Servers::start();
    let mut tree = servers.client("options timeout:1 attempts:1").start();
    let at = servers.address;
    for (name, kind, words) in [
        (
            "no.test",
            "not-found",
            format!("no host has the name no.test: not in the hosts file, nor known to {at}"),
        ),
        ("no", "not-found", "tried as no.lan.test, no".to_string()),
        ("empty.test", "not-found", "no host has the name empty.test".to_string()),
        ("stray.test", "not-found", "no host has the name stray.test".to_string()),
        ("round.test", "failed", format!("{at} cannot say (ServerFailure)")),
        ("on.test", "failed", "the name leads through more than 8 other names".to_string()),
        (
            "broken.test",
            "failed",
            format!("no name server answers for broken.test: {at} cannot say (ServerFailure)"),
        ),
        (
            "mute.test",
            "timed-out",
            format!("no name server answers for mute.test: {at} says nothing within 1 s"),
        ),
        ("rubbish.test", "timed-out", "says nothing within 1 s".to_string()),
        ("cut.test", "ended", "over TCP: the peer ended after".to_string()),
        ("a..b", "invalid", "a name has letters".to_string()),
        ("ä.test", "invalid", "a name has letters".to_string()),
    ] {
        let answer = tree.ask(&format!("\"{name}:80\""));
        let begin = format!("#wat.core/Err [:{kind} ");
        assert!(answer.starts_with(&begin) && answer.contains(&words), "{name}: {answer}");
    }
    let began = Instant::now();
    let answer = tree.ask("\"flood.test:80\"");
    assert!(answer.contains("says nothing within 1 s"), "{answer}");
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    finish(tree);
    servers.end();
}

/// Guards: a server that is not there being passed over at once, in favour of the next.
#[test]
fn the_next_server_is_asked_where_one_is_not_there() {
    let _turn = turn(2 * MINUTE);
    let mut servers = Servers::start();
    let live = servers.address;
    let gone = UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port");
    servers.address = gone;
    let goal = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = goal.local_addr().expect("an address").port();
    let mut tree = servers.client(&format!("nameserver {live}\noptions timeout:20")).start();
    let began = Instant::now();
    assert_eq!(tree.ask(&format!("\"one.test:{port}\"")), format!("#wat.core/Ok \"one.test:{port}\""));
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    finish(tree);
    let mut tree = servers.client("options timeout:20").start();
    let answer = tree.ask(&format!("\"one.test:{port}\""));
    assert!(answer.contains(&format!("{gone} connection refused")), "{answer}");
    finish(tree);
    servers.end();
}

/// Guards: a stop waking a look-up.
#[test]
fn a_stop_ends_a_look_up() {
    let _turn = turn(MINUTE);
    let servers = Servers::start();
    let mut tree = servers.client("options timeout:30 attempts:5").start();
    tree.say("\"mute.test:80\"");
    std::thread::sleep(Duration::from_millis(500));
    let began = Instant::now();
    tree.signal(libc::SIGTERM);
    let ended = tree.finish();
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert!(ended.out.contains("told to stop"), "{ended:?}");
    servers.end();
}

/// Guards: look-ups for a process with grants, by the ancestor that has the user's authority; and that a stop of who asked ends
/// the wait.
#[test]
fn names_are_looked_up_for_who_may_not() {
    let _turn = turn(2 * MINUTE);
    let servers = Servers::start();
    let goal = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = goal.local_addr().expect("an address").port();
    let mut tree = servers.client_of("machine/names-below", "options timeout:30 attempts:1").start();
    for name in ["one.test", "alias.test", "big.test", "byfile", "localhost"] {
        assert_eq!(tree.ask(&format!("\"{name}:{port}\"")), format!("\"{name}:{port}\""));
    }
    assert!(tree.ask("\"no.test:80\"").contains("no host has the name no.test"));
    let began = Instant::now();
    assert_eq!(tree.ask("\"stop mute.test:80\""), "\"stopped\"");
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    finish(tree);
    servers.end();
}
