//! The parts of HTTP/1.1 messages (RFC 9112): heads by httparse, bodies by length or in chunks, strictly: what two
//! readers could take differently is refused. It reads nothing itself.

/// Names in lower case, in the order in which they came.
pub type Headers = Vec<(String, String)>;

/// Header lines of one message.
const MOST_HEADERS: usize = 100;
/// The line that begins a chunk, its extensions included; and the trailer after the last.
const LONGEST_CHUNK_LINE: usize = 4 << 10;

pub struct Request {
    pub id: u64,
    pub method: String,
    pub target: String,
    pub headers: Headers,
    pub body: Vec<u8>,
    pub peer: String,
}

/// A message that is refused: the status that says so and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bad(pub u16, pub &'static str);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    Length(u64),
    Chunked,
    /// A response that lasts as long as its connection.
    ToEnd,
}

#[derive(Debug)]
pub struct Head {
    pub method: String,
    pub target: String,
    pub headers: Headers,
    pub framing: Framing,
    /// The client will send more on the connection.
    pub keep: bool,
    /// The client waits for a word before it sends the body.
    pub expects: bool,
    /// It understands an answer in chunks.
    pub takes_chunks: bool,
}

/// The head of a response.
#[derive(Debug)]
pub struct ReplyHead {
    pub status: u16,
    pub headers: Headers,
    pub framing: Framing,
    /// The server will answer more on the connection.
    pub keep: bool,
}

pub fn header<'a>(headers: &'a Headers, name: &str) -> Option<&'a str> {
    headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// The head of a request and its length in bytes, once it is there whole.
pub fn request(bytes: &[u8], limit: usize) -> Result<Option<(Head, usize)>, Bad> {
    let mut lines = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut parsed = httparse::Request::new(&mut lines);
    let length = match parsed.parse(bytes) {
        Ok(httparse::Status::Complete(length)) if length <= limit => length,
        Ok(httparse::Status::Partial) if bytes.len() <= limit => return Ok(None),
        Ok(_) => return Err(Bad(431, "the head is too large")),
        Err(httparse::Error::TooManyHeaders) => return Err(Bad(431, "there are too many headers")),
        Err(httparse::Error::Version) => return Err(Bad(505, "this server speaks HTTP/1.1")),
        Err(_) => return Err(Bad(400, "the head is malformed")),
    };
    let latest = parsed.version == Some(1);
    let headers = collect(parsed.headers);
    let hosts = headers.iter().filter(|(name, _)| name == "host").count();
    if hosts > 1 || (latest && hosts == 0) {
        return Err(Bad(400, "a request has one Host header"));
    }
    let framing = framing(&headers)?.unwrap_or(Framing::Length(0));
    let keep = keeps(latest, &headers);
    let expects =
        latest && header(&headers, "expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue"));
    let (method, target) = (parsed.method.unwrap_or_default(), parsed.path.unwrap_or_default());
    Ok(Some((
        Head {
            method: method.to_string(),
            target: target.to_string(),
            headers,
            framing,
            keep,
            expects,
            takes_chunks: latest,
        },
        length,
    )))
}

/// Whether a message leaves its connection open for another.
fn keeps(latest: bool, headers: &Headers) -> bool {
    let has = |word: &str| {
        let lines = headers.iter().filter(|(name, _)| name == "connection");
        lines.flat_map(|(_, value)| value.split(',')).any(|part| part.trim().eq_ignore_ascii_case(word))
    };
    if latest { !has("close") } else { has("keep-alive") && !has("close") }
}

/// The head of a response and its length in bytes, once it is there whole.
pub fn response(bytes: &[u8], limit: usize, to_head: bool) -> Result<Option<(ReplyHead, usize)>, Bad> {
    let mut lines = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut parsed = httparse::Response::new(&mut lines);
    let length = match parsed.parse(bytes) {
        Ok(httparse::Status::Complete(length)) if length <= limit => length,
        Ok(httparse::Status::Partial) if bytes.len() <= limit => return Ok(None),
        Ok(_) | Err(httparse::Error::TooManyHeaders) => return Err(Bad(431, "the head is too large")),
        Err(_) => return Err(Bad(400, "the head is malformed")),
    };
    let status = parsed.code.unwrap_or_default();
    let headers = collect(parsed.headers);
    let framing = if to_head || status < 200 || status == 204 || status == 304 {
        Framing::Length(0)
    } else {
        framing(&headers)?.unwrap_or(Framing::ToEnd)
    };
    let keep = keeps(parsed.version == Some(1), &headers) && framing != Framing::ToEnd && status >= 200;
    Ok(Some((ReplyHead { status, headers, framing, keep }, length)))
}

fn collect(lines: &[httparse::Header]) -> Headers {
    let text = |bytes: &[u8]| match std::str::from_utf8(bytes) {
        Ok(text) => text.to_string(),
        // The older reading of such bytes: ISO 8859-1.
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    };
    lines.iter().map(|line| (line.name.to_ascii_lowercase(), text(line.value))).collect()
}

/// How the body is delimited; none where nothing says so.
fn framing(headers: &Headers) -> Result<Option<Framing>, Bad> {
    let all = |name: &str| headers.iter().filter(|(key, _)| key == name).map(|(_, v)| v.as_str()).collect();
    let (codings, lengths): (Vec<&str>, Vec<&str>) = (all("transfer-encoding"), all("content-length"));
    match (codings.as_slice(), lengths.as_slice()) {
        ([coding], []) if coding.eq_ignore_ascii_case("chunked") => Ok(Some(Framing::Chunked)),
        ([], lengths) => Ok(length(lengths)?.map(Framing::Length)),
        ([_, ..], [_, ..]) => Err(Bad(400, "the body has two lengths")),
        _ => Err(Bad(501, "a transfer coding other than chunked")),
    }
}

/// What all headers Content-Length of a message say; none where there is none.
pub fn length(all: &[&str]) -> Result<Option<u64>, Bad> {
    let Some(first) = all.first() else { return Ok(None) };
    let digits = !first.is_empty() && first.bytes().all(|b| b.is_ascii_digit());
    match first.parse() {
        Ok(length) if digits && all.iter().all(|other| other == first) => Ok(Some(length)),
        _ => Err(Bad(400, "Content-Length is not one number")),
    }
}

/// Whether a header can be written: a name and value that cannot end their line.
pub fn is_header(name: &str, value: &str) -> bool {
    let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    !name.is_empty() && name.bytes().all(token) && !value.bytes().any(|b| b == 0 || b == b'\r' || b == b'\n')
}

/// A body being read.
pub struct Body {
    framing: Framing,
    limit: u64,
    at: At,
    /// Bytes of the trailer so far.
    trailer: usize,
    /// Bytes of the body so far.
    pub total: u64,
    pub whole: bool,
    /// What is wrong with it, once something is.
    bad: Option<Bad>,
    /// Those that have not been taken.
    pub bytes: Vec<u8>,
}

enum At {
    Size,
    Data(u64),
    /// The line end behind a chunk.
    End,
    Trailer,
}

impl Body {
    /// Of at most `limit` bytes.
    pub fn new(framing: Framing, limit: u64) -> Result<Body, Bad> {
        let at = match framing {
            Framing::Length(length) if length > limit => {
                return Err(Bad(413, "the body is too large"));
            }
            Framing::Length(length) => At::Data(length),
            Framing::Chunked => At::Size,
            Framing::ToEnd => At::Data(u64::MAX),
        };
        let whole = framing == Framing::Length(0);
        Ok(Body { framing, limit, at, trailer: 0, total: 0, whole, bad: None, bytes: Vec::new() })
    }

    /// A body of nothing.
    pub fn none() -> Body {
        Body {
            framing: Framing::Length(0),
            limit: 0,
            at: At::Data(0),
            trailer: 0,
            total: 0,
            whole: true,
            bad: None,
            bytes: Vec::new(),
        }
    }

    /// Takes what belongs to the body from the front of `input`, while no more than `room` bytes wait to be taken; whether
    /// it is whole.
    pub fn feed(&mut self, input: &mut Vec<u8>, room: usize) -> Result<bool, Bad> {
        if !self.whole && self.bad.is_none() {
            let mut used = 0;
            let whole = self.advance(input, room, &mut used);
            input.drain(..used);
            match whole {
                Ok(whole) => self.whole = whole,
                Err(bad) => self.bad = Some(bad),
            }
        }
        self.bad.map_or(Ok(self.whole), Err)
    }

    fn advance(&mut self, input: &[u8], room: usize, used: &mut usize) -> Result<bool, Bad> {
        loop {
            let rest = &input[*used..];
            match self.at {
                At::Data(left) => {
                    let count =
                        (left.min(rest.len() as u64) as usize).min(room.saturating_sub(self.bytes.len()));
                    if self.total + count as u64 > self.limit {
                        return Err(Bad(413, "the body is too large"));
                    }
                    self.total += count as u64;
                    self.bytes.extend_from_slice(&rest[..count]);
                    *used += count;
                    let left = left - count as u64;
                    self.at = At::Data(left);
                    match self.framing {
                        Framing::Chunked if left == 0 => self.at = At::End,
                        Framing::Length(_) if left == 0 => return Ok(true),
                        _ => return Ok(false),
                    }
                }
                At::Size => match httparse::parse_chunk_size(rest) {
                    Ok(httparse::Status::Complete((length, size))) => {
                        *used += length;
                        if size > self.limit - self.total {
                            return Err(Bad(413, "the body is too large"));
                        }
                        self.at = if size == 0 { At::Trailer } else { At::Data(size) };
                    }
                    Ok(httparse::Status::Partial) if rest.len() <= LONGEST_CHUNK_LINE => return Ok(false),
                    _ => return Err(Bad(400, "the size of a chunk is malformed")),
                },
                At::End => match rest {
                    [b'\r', b'\n', ..] => {
                        *used += 2;
                        self.at = At::Size;
                    }
                    [] | [b'\r'] => return Ok(false),
                    _ => return Err(Bad(400, "a chunk is longer than its size")),
                },
                At::Trailer => {
                    let Some(end) = rest.windows(2).position(|pair| pair == b"\r\n") else {
                        return if self.trailer + rest.len() > LONGEST_CHUNK_LINE {
                            Err(Bad(431, "the trailer is too large"))
                        } else {
                            Ok(false)
                        };
                    };
                    *used += end + 2;
                    self.trailer += end + 2;
                    if end == 0 {
                        return Ok(true);
                    }
                    if self.trailer > LONGEST_CHUNK_LINE {
                        return Err(Bad(431, "the trailer is too large"));
                    }
                }
            }
        }
    }

    /// Whether the body is whole when the connection ends here.
    pub fn may_end(&self) -> bool {
        self.framing == Framing::ToEnd
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str) -> Result<Framing, u16> {
        match request(text.as_bytes(), 1000) {
            Ok(Some((head, _))) => Ok(head.framing),
            Ok(None) => Err(0),
            Err(Bad(status, _)) => Err(status),
        }
    }

    #[test]
    fn what_two_readers_could_take_differently_is_refused() {
        let with = |lines: &str| whole(&format!("POST / HTTP/1.1\r\nHost: a\r\n{lines}\r\n"));
        assert_eq!(with(""), Ok(Framing::Length(0)));
        assert_eq!(with("Content-Length: 5\r\n"), Ok(Framing::Length(5)));
        assert_eq!(with("Content-Length: 5\r\nContent-Length: 5\r\n"), Ok(Framing::Length(5)));
        assert_eq!(with("Transfer-Encoding: Chunked\r\n"), Ok(Framing::Chunked));
        for (lines, status) in [
            ("Content-Length: 5\r\nContent-Length: 6\r\n", 400),
            ("Content-Length: +5\r\n", 400),
            ("Content-Length: 5, 5\r\n", 400),
            ("Content-Length: \r\n", 400),
            ("Content-Length: 99999999999999999999\r\n", 400),
            ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", 400),
            ("Transfer-Encoding: gzip, chunked\r\n", 501),
            ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", 501),
            ("Host: b\r\n", 400),
            ("a b: c\r\n", 400),
            ("a : c\r\n", 400),
            (" a: c\r\n", 400),
        ] {
            assert_eq!(with(lines), Err(status), "{lines:?}");
        }
        assert_eq!(whole("GET / HTTP/1.1\r\n\r\n"), Err(400));
        assert_eq!(whole("GET / HTTP/2.0\r\n\r\n"), Err(505));
        assert_eq!(whole("GET /"), Err(0));
        assert_eq!(whole(&format!("GET /{} HTTP/1.1\r\n", "a".repeat(1000))), Err(431));
    }

    #[test]
    fn chunks_come_in_any_pieces() {
        let text = b"5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nTrailer: t\r\n\r\nnext";
        for step in 1..text.len() {
            let mut body = Body::new(Framing::Chunked, 100).expect("within the limit");
            let mut input = Vec::new();
            let mut done = false;
            for piece in text.chunks(step) {
                input.extend_from_slice(piece);
                done = done || body.feed(&mut input, 1000).expect("well formed");
            }
            assert!(done);
            assert_eq!((body.bytes.as_slice(), input.as_slice()), (&b"hello!"[..], &b"next"[..]), "{step}");
        }
    }

    #[test]
    fn no_more_of_a_body_is_taken_than_there_is_room_for() {
        let mut body = Body::new(Framing::Chunked, 100).expect("within the limit");
        let mut input = b"8\r\n12345678\r\n1\r\n9\r\n0\r\n\r\n".to_vec();
        let mut all = Vec::new();
        while !body.feed(&mut input, 3).expect("well formed") {
            assert!(body.bytes.len() <= 3 && !body.bytes.is_empty());
            all.append(&mut body.bytes);
        }
        all.append(&mut body.bytes);
        assert_eq!((all.as_slice(), input.as_slice(), body.total), (&b"123456789"[..], &b""[..], 9));
    }

    #[test]
    fn malformed_and_oversized_chunks_are_refused() {
        for (text, status) in [
            ("zz\r\n", 400),
            ("-1\r\n", 400),
            ("5\r\nhello!", 400),
            ("ffffffffffffffffff\r\n", 400),
            ("7fffffff\r\n", 413),
            ("6\r\n123456\r\n6\r\n", 413),
        ] {
            let mut body = Body::new(Framing::Chunked, 10).expect("within the limit");
            let mut input = text.as_bytes().to_vec();
            input.extend_from_slice(b"123456");
            assert_eq!(body.feed(&mut input, 1000).map_err(|bad| bad.0), Err(status), "{text:?}");
        }
        let mut endless = vec![b'0'; 5000];
        let mut body = Body::new(Framing::Chunked, 10).expect("within the limit");
        assert!(body.feed(&mut endless, 1000).is_err());
        let mut trailer = b"0\r\n".to_vec();
        trailer.extend(b"a: b\r\n".repeat(1000));
        let mut body = Body::new(Framing::Chunked, 10).expect("within the limit");
        assert_eq!(body.feed(&mut trailer, 1000).map_err(|bad| bad.0), Err(431));
        assert!(Body::new(Framing::Length(11), 10).is_err());
    }

    #[test]
    fn no_header_ends_its_line() {
        assert!(is_header("X-A", "b c"));
        for (name, value) in
            [("", "a"), ("a b", ""), ("a:", ""), ("a", "b\r\nc: d"), ("a", "b\nc"), ("a\n", "")]
        {
            assert!(!is_header(name, value), "{name:?} {value:?}");
        }
    }
}
