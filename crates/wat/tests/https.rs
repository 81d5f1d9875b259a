//! https of `wat.http`, as server and client: against itself, against Python's ssl and against curl where they are installed, and
//! against certificates that are not good and peers that speak something else.

mod support;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use support::source::test_file;
use support::{Tree, turn, wat};

const MINUTE: Duration = Duration::from_secs(60);

/// Certificates in files, which go with the value.
struct Papers {
    place: PathBuf,
}

impl Drop for Papers {
    fn drop(&mut self) {
        // It is below the system's temporary folder.
        let _ = std::fs::remove_dir_all(&self.place);
    }
}

impl Papers {
    fn new() -> Papers {
        let place = std::env::temp_dir().join(format!("wat-https-{}", std::process::id()));
        std::fs::create_dir_all(&place).expect("a folder");
        let papers = Papers { place };
        let (ours, theirs) = (papers.issuer("ours"), papers.issuer("theirs"));
        let names = ["localhost", "127.0.0.1"];
        papers.certificate("good", &ours, &names, (2020, 2090));
        papers.certificate("expired", &ours, &names, (2020, 2021));
        papers.certificate("early", &ours, &names, (2080, 2090));
        papers.certificate("other", &ours, &["other.example"], (2020, 2090));
        papers.certificate("foreign", &theirs, &names, (2020, 2090));
        papers.write("nothing.pem", "nothing\n");
        papers.write("empty.pem", "");
        for name in ["good.pem", "good.key"] {
            let text = std::fs::read_to_string(papers.place.join(name)).expect("just written");
            papers.write(&format!("cut-{name}"), &text[..text.len() / 2]);
        }
        papers
    }

    fn issuer(&self, name: &str) -> Issuer<'static, KeyPair> {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        let key = KeyPair::generate().expect("a key");
        self.write(&format!("{name}.pem"), &params.self_signed(&key).expect("signed").pem());
        Issuer::new(params, key)
    }

    fn certificate(&self, name: &str, issuer: &Issuer<KeyPair>, names: &[&str], (from, to): (i32, i32)) {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let mut params = CertificateParams::new(names).expect("names");
        params.not_before = date_time_ymd(from, 1, 1);
        params.not_after = date_time_ymd(to, 1, 1);
        let key = KeyPair::generate().expect("a key");
        let signed = params.signed_by(&key, issuer).expect("signed");
        self.write(&format!("{name}.pem"), &signed.pem());
        self.write(&format!("{name}.key"), &key.serialize_pem());
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.place.join(name), text).expect("written");
    }

    fn path(&self, name: &str) -> String {
        self.place.join(name).to_str().expect("text").to_string()
    }

    /// A server by the certificate of that name, and where it listens.
    fn server(&self, certificate: &str, key: &str) -> (Tree, String) {
        let mut tree = wat(test_file("machine/https-server")).start();
        tree.say(&format!("[\"{}\" \"{}\"]", self.path(certificate), self.path(key)));
        let line = tree.line();
        (tree, line.trim_matches('"').replace("127.0.0.1", "localhost"))
    }
}

fn stop(tree: Tree) {
    tree.signal(libc::SIGTERM);
    let ended = tree.finish();
    assert_eq!(ended.status.signal(), Some(libc::SIGTERM), "{ended:?}");
}

fn client() -> Tree {
    wat(test_file("machine/https-client")).start()
}

fn ask(tree: &mut Tree, url: &str, roots: &str) -> String {
    let roots = if roots.is_empty() { "nil".to_string() } else { format!("\"{roots}\"") };
    tree.ask(&format!("[\"{url}\" {roots}]"))
}

/// A command of another's making; none where it is not installed, which a run that requires it does not allow.
fn other(command: &mut Command) -> Option<Child> {
    match command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn() {
        Ok(child) => Some(child),
        Err(e) => {
            let required = std::env::var_os("WAT_REQUIRE_ORACLES").is_some();
            assert!(!required, "{command:?} is required: {e}");
            println!("{command:?} is not installed");
            None
        }
    }
}

fn words(child: Child) -> String {
    let out = child.wait_with_output().expect("it ends");
    String::from_utf8_lossy(&out.stdout).into_owned()
}

/// Guards: TLS under the server and the client, with bodies larger than a record both ways.
#[test]
fn a_client_and_a_server_speak_https() {
    let _turn = turn(2 * MINUTE);
    let papers = Papers::new();
    let (server, at) = papers.server("good.pem", "good.key");
    let mut client = client();
    let roots = papers.path("ours.pem");
    for n in 0..3 {
        assert_eq!(
            ask(&mut client, &format!("https://{at}/{n}"), &roots),
            format!("#wat.core/Ok \"200 GET /{n}\\n\"")
        );
    }
    let by_number = format!("https://{}/", at.replace("localhost", "127.0.0.1"));
    assert_eq!(ask(&mut client, &by_number, &roots), "#wat.core/Ok \"200 GET /\\n\"");
    assert_eq!(ask(&mut client, &format!("https://{at}/echo"), &roots), "#wat.core/Ok \"50000\"");
    if let Some(curl) =
        other(Command::new("curl").args(["-s", "--cacert", &roots, &format!("https://{at}/curl")]))
    {
        assert_eq!(words(curl), "GET /curl\n");
    }
    let body = papers.path("body");
    std::fs::write(&body, vec![b'b'; 3_000_000]).expect("written");
    let sent = format!("@{body}");
    let echo = format!("https://{at}/echo");
    let args =
        ["-s", "--cacert", &roots, "-T", &body, "-H", "Transfer-Encoding: chunked", "-X", "POST", &echo];
    if let Some(curl) = other(Command::new("curl").args(args)) {
        assert_eq!(words(curl).len(), 3_000_000);
    }
    let args = ["-s", "--cacert", &roots, "--data-binary", &sent, &echo];
    if let Some(curl) = other(Command::new("curl").args(args)) {
        assert_eq!(words(curl).len(), 3_000_000);
    }
    let python = format!(
        "import ssl, urllib.request as u\nc = ssl.create_default_context(cafile={roots:?})\nprint(u.urlopen('https://{at}/python', context=c).read())"
    );
    if let Some(python) = other(Command::new("python3").args(["-c", &python])) {
        assert_eq!(words(python), "b'GET /python\\n'\n");
    }
    // Whoever does not speak TLS, or begins and says no more, is let go of.
    let place = at.replace("localhost", "127.0.0.1");
    let mut plain = TcpStream::connect(&place).expect("it listens");
    plain.set_read_timeout(Some(MINUTE)).expect("a timeout");
    plain.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").expect("it reads");
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    let mut mute = TcpStream::connect(&place).expect("it listens");
    mute.set_read_timeout(Some(MINUTE)).expect("a timeout");
    let began = Instant::now();
    let mut all = Vec::new();
    mute.read_to_end(&mut all).expect("an end");
    assert!(!all.starts_with(b"HTTP"), "{all:?}");
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    assert_eq!(ask(&mut client, &format!("https://{at}/"), &roots), "#wat.core/Ok \"200 GET /\\n\"");
    stop(server);
    assert_eq!(client.finish().status.code(), Some(0));
}

/// Guards: each thing wrong with a certificate having its own words, and none of them being passed over.
#[test]
fn a_certificate_that_is_not_good_is_told_of() {
    let _turn = turn(2 * MINUTE);
    let papers = Papers::new();
    let mut client = client();
    for (name, words) in [
        ("expired", ":untrusted \"handshake localhost: the peer's certificate has expired\""),
        ("early", ":untrusted \"handshake localhost: the peer's certificate is not valid yet\""),
        (
            "other",
            ":untrusted \"handshake localhost: the peer's certificate is for other.example, not for localhost\"",
        ),
        (
            "foreign",
            ":untrusted \"handshake localhost: the peer's certificate comes from an issuer that is not trusted\"",
        ),
    ] {
        let (server, at) = papers.server(&format!("{name}.pem"), &format!("{name}.key"));
        let answer = ask(&mut client, &format!("https://{at}/"), &papers.path("ours.pem"));
        let port = at.rsplit(':').next().expect("a port");
        assert_eq!(answer.replace(&format!(":{port}:"), ":"), format!("#wat.core/Err [{words}]"));
        stop(server);
    }
    let (server, at) = papers.server("good.pem", "good.key");
    let url = format!("https://{at}/");
    let answer = ask(&mut client, &url, "");
    assert!(answer.contains("an issuer that is not trusted"), "{answer}");
    for (roots, words) in [
        ("nothing.pem", "there is no certificate in PEM"),
        ("good.key", "there is no certificate in PEM"),
        ("empty.pem", "there is no certificate in PEM"),
        ("cut-good.pem", "not certificates in PEM"),
        ("no.pem", "no such file or directory"),
        (".", "is a directory"),
    ] {
        let answer = ask(&mut client, &url, &papers.path(roots));
        assert!(answer.contains(words), "{roots}: {answer}");
    }
    stop(server);
    for (certificate, key, words) in [
        ("nothing.pem", "good.key", "there is no certificate in PEM"),
        ("good.pem", "nothing.pem", "there is no private key in PEM"),
        ("good.pem", "other.key", "the key is not that of the certificate"),
        ("good.pem", "empty.pem", "there is no private key in PEM"),
        ("good.pem", "cut-good.key", "there is no private key in PEM"),
        ("no.pem", "good.key", "no such file or directory"),
        ("good.pem", ".", "is a directory"),
    ] {
        let (tree, line) = papers.server(certificate, key);
        assert!(line.contains(words), "{certificate} {key}: {line}");
        assert_eq!(tree.finish().status.code(), Some(0));
    }
    assert_eq!(client.finish().status.code(), Some(0));
}

/// What the client says of a server that does this with it.
fn visit(tree: &mut Tree, roots: &Path, serve: impl FnOnce(TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let thread = std::thread::spawn(move || serve(listener.accept().expect("the client comes").0));
    let answer = ask(tree, &format!("https://localhost:{port}/"), roots.to_str().expect("text"));
    thread.join().expect("a server does not fail");
    answer
}

/// Guards: the time of a handshake, its being woken by a stop, as what comes after it is, and words for a peer that speaks
/// something else.
#[test]
fn a_handshake_that_does_not_come_about_says_why() {
    let _turn = turn(2 * MINUTE);
    let papers = Papers::new();
    let roots = papers.place.join("ours.pem");
    let mut tree = client();
    let plain = visit(&mut tree, &roots, |mut client| {
        let _ = client.read(&mut [0; 4096]);
        client.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").expect("the client reads");
    });
    assert!(plain.contains(":malformed") && plain.contains("the peer does not speak TLS"), "{plain}");
    let gone = visit(&mut tree, &roots, |mut client| {
        let _ = client.read(&mut [0; 4096]);
    });
    assert!(gone.contains(":ended") && gone.contains("during the handshake"), "{gone}");
    let mute =
        visit(&mut tree, &roots, |mut client| while client.read(&mut [0; 4096]).is_ok_and(|n| n > 0) {});
    assert!(mute.contains(":timed-out") && mute.contains("handshake localhost"), "{mute}");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tree.say(&format!("[\"https://localhost:{port}/\" nil]"));
    let mut silent = listener.accept().expect("the client comes").0;
    assert!(silent.read(&mut [0; 4096]).expect("its first words") > 0);
    let began = Instant::now();
    tree.signal(libc::SIGTERM);
    let ended = tree.finish();
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    assert!(ended.out.contains(":stopped"), "{ended:?}");
    // After it, too.
    let (server, at) = papers.server("good.pem", "good.key");
    let mut tree = client();
    tree.say(&format!("[\"https://{at}/mute\" \"{}\"]", papers.path("ours.pem")));
    std::thread::sleep(Duration::from_millis(300));
    let began = Instant::now();
    tree.signal(libc::SIGTERM);
    let ended = tree.finish();
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    assert!(ended.out.contains(":stopped \"read localhost"), "{ended:?}");
    stop(server);
}

const PYTHON: &str = "
import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
listener = socket.create_server(('127.0.0.1', 0))
print(listener.getsockname()[1], flush=True)
for ends in (b'HTTP/1.1 200 OK\\r\\nContent-Length: 4\\r\\n\\r\\nwhole', b'HTTP/1.1 200 OK\\r\\n\\r\\nto the end', b'HTTP/1.1 200 OK\\r\\n\\r\\ncut'):
    client = context.wrap_socket(listener.accept()[0], server_side=True)
    client.recv(4096)
    client.sendall(ends[:-1] if b'whole' in ends else ends)
    if b'cut' in ends:
        client.detach_now = socket.socket(fileno=client.detach())
        client.detach_now.close()
    else:
        client.unwrap().close()
";

/// Guards: the look for TLS's own end where a body ends with its connection, and reading what others wrote.
#[test]
fn a_server_of_python_is_understood() {
    let _turn = turn(2 * MINUTE);
    let papers = Papers::new();
    let args = ["-c", PYTHON, &papers.path("good.pem"), &papers.path("good.key")];
    let Some(mut python) = other(Command::new("python3").args(args)) else { return };
    let mut port = String::new();
    let mut out = std::io::BufReader::new(python.stdout.take().expect("piped"));
    std::io::BufRead::read_line(&mut out, &mut port).expect("a port");
    let url = format!("https://localhost:{}/", port.trim());
    let mut client = client();
    let roots = papers.path("ours.pem");
    assert_eq!(ask(&mut client, &url, &roots), "#wat.core/Ok \"200 whol\"");
    assert_eq!(ask(&mut client, &url, &roots), "#wat.core/Ok \"200 to the end\"");
    let cut = ask(&mut client, &url, &roots);
    assert!(cut.contains(":ended") && cut.contains("what came may not be all"), "{cut}");
    assert_eq!(client.finish().status.code(), Some(0));
    assert!(python.wait().expect("it ends").success());
}
