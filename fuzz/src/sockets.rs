//! HTTP as its peers meet it, over sockets of this machine: mutated requests for a server in wat, mutated responses for a
//! client in wat.

use crate::HANG;
use crate::process::{Talk, wat, word};
use crate::target::{Asked, Word, here};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::Command;

/// A program that writes where it listens, then serves.
pub struct Server {
    talk: Talk,
    address: String,
}

impl Server {
    pub fn start(name: &str) -> Result<Server, String> {
        let mut talk = Talk::start(
            Command::new(wat()).args(["--out", "lines"]).arg(here(&format!("programs/{name}.wat"))),
        )?;
        let address = talk.line()?;
        Ok(Server { talk, address })
    }

    /// All that the server answers to these bytes and the end of the client's side.
    fn exchange(&self, bytes: &[u8]) -> Result<Vec<u8>, String> {
        let told = |error: std::io::Error| format!("{}: {error}", self.address);
        let mut stream = TcpStream::connect(&self.address).map_err(told)?;
        stream.set_read_timeout(Some(HANG)).map_err(told)?;
        stream.set_write_timeout(Some(HANG)).map_err(told)?;
        // It may have refused and closed before it has read all.
        let _ = stream.write_all(bytes);
        let _ = stream.shutdown(Shutdown::Write);
        let mut all = Vec::new();
        let mut piece = [0; 4096];
        loop {
            match stream.read(&mut piece) {
                Ok(0) => return Ok(all),
                Ok(count) => all.extend_from_slice(&piece[..count]),
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return Ok(all),
                Err(error) => return Err(format!("after {} bytes: {error}", all.len())),
            }
        }
    }
}

impl Asked for Server {
    fn ask(&mut self, input: &[u8]) -> Result<Word, String> {
        let answer = self.exchange(input)?;
        if answer.is_empty() {
            return Ok(Word::Refused);
        }
        let status = answer.strip_prefix(b"HTTP/1.1 ").and_then(|rest| rest.get(..3));
        match status {
            Some(b"200") => Ok(Word::Accepted),
            Some([b'4' | b'5', _, _]) => Ok(Word::Refused),
            // Before the body of a request that expects it.
            Some(b"100") => Ok(Word::Accepted),
            _ => Err(format!("it answered {:?}", String::from_utf8_lossy(&answer))),
        }
    }

    fn talk(&mut self) -> &mut Talk {
        &mut self.talk
    }

    /// It serves until it is told to stop; before, it must still serve.
    fn end(&mut self) -> Result<(), String> {
        let well = self.exchange(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")?;
        if !well.starts_with(b"HTTP/1.1 200") {
            return Err(format!("it is not well: {:?}", String::from_utf8_lossy(&well)));
        }
        self.talk.stop()
    }
}

/// A program that asks at each address it reads and answers with a word.
pub struct Client {
    talk: Talk,
    listener: TcpListener,
    url: String,
}

impl Client {
    pub fn start(name: &str) -> Result<Client, String> {
        let talk = Talk::start(
            Command::new(wat()).args(["--out", "lines"]).arg(here(&format!("programs/{name}.wat"))),
        )?;
        let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
        let url = format!("http://{}/", listener.local_addr().map_err(|error| error.to_string())?);
        Ok(Client { talk, listener, url })
    }
}

impl Asked for Client {
    fn ask(&mut self, input: &[u8]) -> Result<Word, String> {
        self.talk.write(format!("\"{}\"\n", self.url).as_bytes());
        let (mut client, _) = self.listener.accept().map_err(|error| error.to_string())?;
        client.set_read_timeout(Some(HANG)).map_err(|error| error.to_string())?;
        let mut head = Vec::new();
        let mut piece = [0; 4096];
        while !head.windows(4).any(|end| end == b"\r\n\r\n") {
            match client.read(&mut piece) {
                Ok(count) if count > 0 => head.extend_from_slice(&piece[..count]),
                other => return Err(format!("its request ended early: {other:?}")),
            }
        }
        // It may have had enough before all is written.
        let _ = client.write_all(input);
        drop(client);
        word(&self.talk.line()?)
    }

    fn talk(&mut self) -> &mut Talk {
        &mut self.talk
    }
}
