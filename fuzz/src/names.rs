//! Answers of a name server as its client meets them: for each input a program in wat looks up a name at this socket, is given
//! the input as an answer to each of its questions, and then a true word that there is no such name.

use crate::HANG;
use crate::process::{Talk, wat, word};
use crate::target::{Asked, Word, here};
use std::net::{SocketAddr, UdpSocket};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

/// Bytes of a message's header.
const HEADER: usize = 12;
/// Whole: no search list is tried.
const NAME: &str = "fuzz.test.";

/// `programs/names.wat` listens at the name that it reads, for which it looks it up here.
pub struct NameServer {
    talk: Talk,
    socket: UdpSocket,
    settings: PathBuf,
}

impl NameServer {
    pub fn start(name: &str) -> Result<NameServer, String> {
        let told = |error: std::io::Error| error.to_string();
        let socket = UdpSocket::bind("127.0.0.1:0").map_err(told)?;
        socket.set_read_timeout(Some(Duration::from_millis(1))).map_err(told)?;
        let address = socket.local_addr().map_err(told)?;
        let settings =
            std::env::temp_dir().join(format!("wat-fuzz-names-{}-{}", std::process::id(), address.port()));
        let text = format!("nameserver {address}\noptions timeout:5 attempts:1\n");
        std::fs::write(&settings, text).map_err(told)?;
        let mut command = Command::new(wat());
        command.args(["--out", "lines"]).arg(here(&format!("programs/{name}.wat")));
        command.env("WAT_RESOLV_CONF", &settings).env("WAT_HOSTS", "/dev/null");
        Ok(NameServer { talk: Talk::start(&mut command)?, socket, settings })
    }

    /// The next question, if one has come.
    fn question(&self) -> Result<Option<(Vec<u8>, SocketAddr)>, String> {
        let mut message = [0; 512];
        match self.socket.recv_from(&mut message) {
            Ok((length, from)) if length > HEADER => Ok(Some((message[..length].to_vec(), from))),
            Ok((length, _)) => Err(format!("a question of {length} bytes")),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(format!("no question: {error}")),
        }
    }
}

/// After an `A`, the flags, the code and the count of the answers stand in the question as it came, and the rest behind it;
/// anything else stands behind the question's number alone.
fn reply(question: &[u8], input: &[u8]) -> Vec<u8> {
    match input {
        [b'A', flags, code, answers, rest @ ..] => {
            let mut out = question.to_vec();
            out[2] = 0x80 | flags & 0x7f;
            out[3] = *code;
            out[7] = *answers;
            out.extend_from_slice(rest);
            out
        }
        _ => [&question[..2], input].concat(),
    }
}

/// An address, another name and its address, a name without one, an answer that does not fit, a server that cannot say.
pub fn seeds() -> Vec<Vec<u8>> {
    let record = |kind: u8, data: &[u8]| {
        [&[0xc0, 0x0c, 0, kind, 0, 1, 0, 0, 0, 60, 0, data.len() as u8][..], data].concat()
    };
    let home = record(1, &[127, 0, 0, 1]);
    let other = record(5, b"\x05other\xc0\x11");
    let its = [b"\x05other\xc0\x11".as_slice(), &home[2..]].concat();
    let six = record(28, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    vec![
        [b"A\x01\x00\x01".as_slice(), &home].concat(),
        [b"A\x01\x00\x02".as_slice(), &six, &home].concat(),
        [b"A\x01\x00\x02".as_slice(), &other, &its].concat(),
        [b"A\x01\x00\x01".as_slice(), &other].concat(),
        b"A\x01\x00\x00".to_vec(),
        b"A\x03\x00\x00".to_vec(),
        b"A\x01\x02\x00".to_vec(),
        [b"\x81\x80\x00\x01\x00\x00\x00\x00\x00\x00\x04fuzz\x04test\x00\x00\x01\x00\x01".as_slice(), &home]
            .concat(),
    ]
}

impl Asked for NameServer {
    fn ask(&mut self, input: &[u8]) -> Result<Word, String> {
        self.talk.write(format!("\"{NAME}:0\"\n").as_bytes());
        let end = Instant::now() + HANG;
        while Instant::now() < end {
            // A chain of other names asks again, for each of them.
            if let Some((question, from)) = self.question()? {
                // More than a datagram holds is not sent.
                let _ = self.socket.send_to(&reply(&question, input), from);
                let mut none = question;
                none[2] |= 0x80;
                none[3] = 3;
                self.socket.send_to(&none, from).map_err(|error| error.to_string())?;
            } else if let Some(line) = self.talk.ready_line() {
                return word(&line);
            }
        }
        // What has become of it.
        self.talk.line().and_then(|word| Err(format!("only then {word:?}")))
    }

    fn talk(&mut self) -> &mut Talk {
        &mut self.talk
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        // It is in the system's temporary folder.
        let _ = std::fs::remove_file(&self.settings);
    }
}
