//! The packets of the control socket, as bytes. Not here: sending, receiving, acting.
//!
//! One byte of kind, then fixed little-endian fields, then an opaque rest. Nothing a child says is believed beyond
//! these bounds: a packet that does not parse is a broken protocol, and the parent ends the child.

use crate::ask;
use crate::see::sight::PIECE;

/// Largest crash record, in bytes.
pub const MAX_CRASH: usize = 32 * 1024;
/// Bytes of boot record per packet.
pub(crate) const BOOT_CHUNK: usize = 32 * 1024;
/// Bytes of what a refusal says.
pub(crate) const MAX_REFUSAL: usize = 8 * 1024;
/// Room for any packet.
pub(crate) const MAX_PACKET: usize = MAX_CRASH + 16;
/// A boot record above this is refused by both sides.
pub(crate) const MAX_BOOT: usize = 256 * 1024 * 1024;

/// The kind of a packet with a piece of the boot record.
pub const BOOT: u8 = 1;
const STOP: u8 = 2;
const ASK: u8 = 3;
const LOOK: u8 = 4;
const TAP: u8 = 5;
const UNTAP: u8 = 6;
const CANCEL: u8 = 7;
const LEVEL: u8 = 8;
const REPLY: u8 = 9;
const READY: u8 = 16;
const CRASH: u8 = 17;
const ENDED: u8 = 18;
const ANSWER: u8 = 19;
const REFUSED: u8 = 20;
const SEEN: u8 = 21;
const TAPPED: u8 = 22;
/// Sent by a handler of the filter, which makes the packet itself.
pub(crate) const DENIED: u8 = 23;
const REQUEST: u8 = 24;
const WITHDRAW: u8 = 25;
const STRAYS: u8 = 26;

/// From a parent to its child.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ToChild<'a> {
    /// A piece of the boot record, with the whole record's length.
    Boot { total: u32, piece: &'a [u8] },
    /// Stop within this time.
    Stop { left_ms: u64 },
    /// Is your program blocked writing its stdout?
    Ask { token: u32 },
    /// What is to be seen of you and of those below you, within this time?
    Look { token: u32, left_ms: u32 },
    /// Copy what passes on an edge at or below you, until it is enough.
    Tap { token: u32, what: &'a [u8] },
    /// It is enough.
    Untap { token: u32 },
    /// Nobody waits for the answer to your request of this number any more.
    Cancel { number: u64 },
    /// The least level of events that is logged at that path and below.
    Level { level: u8, path: &'a str },
    /// The one answer to `Request`, with its descriptors; an error number where it got as far as nobody.
    Reply { token: u32, errno: u32, answer: &'a [u8] },
}

/// From a child to its parent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum FromChild<'a> {
    Ready,
    /// The preformatted crash record.
    Crash(&'a [u8]),
    /// A clean end with this exit code.
    Ended {
        code: i32,
    },
    /// Answer to `Ask`: the number of the write to stdout it is blocked in, 0 for none.
    Answer {
        token: u32,
        write: u32,
    },
    /// A piece of the answer to `Look`.
    Seen {
        token: u32,
        last: bool,
        piece: &'a [u8],
    },
    /// What passed where `Tap` said.
    Tapped {
        token: u32,
        what: &'a [u8],
    },
    /// A step of the bootstrap failed.
    Refused {
        errno: i32,
        step: &'a str,
    },
    /// Ended by this system call.
    Denied {
        call: u32,
    },
    /// Something to be done where the authority for it is, with its descriptors: see [`crate::ask`]. Asked for so many
    /// levels below the child that says it.
    Request {
        token: u32,
        kind: u8,
        below: u8,
        request: &'a [u8],
    },
    /// Nobody waits for the answer to that request any more.
    Withdraw {
        token: u32,
    },
    /// Something below it has ended and may have left processes behind, which it cannot see.
    Strays,
}

/// A packet that is none.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

impl ToChild<'_> {
    /// The fixed part; a boot piece follows as the packet's body.
    pub(crate) fn head(&self) -> Vec<u8> {
        match self {
            ToChild::Boot { total, .. } => with(BOOT, &total.to_le_bytes()),
            ToChild::Stop { left_ms } => with(STOP, &left_ms.to_le_bytes()),
            ToChild::Cancel { number } => with(CANCEL, &number.to_le_bytes()),
            ToChild::Ask { token } => with(ASK, &token.to_le_bytes()),
            ToChild::Tap { token, what } => with(TAP, &[&token.to_le_bytes()[..], what].concat()),
            ToChild::Level { level, path } => with(LEVEL, &[&[*level][..], path.as_bytes()].concat()),
            ToChild::Untap { token } => with(UNTAP, &token.to_le_bytes()),
            ToChild::Reply { token, errno, answer } => {
                with(REPLY, &[&token.to_le_bytes()[..], &errno.to_le_bytes(), answer].concat())
            }
            ToChild::Look { token, left_ms } => {
                with(LOOK, &[token.to_le_bytes(), left_ms.to_le_bytes()].concat())
            }
        }
    }

    pub(crate) fn parse(packet: &[u8]) -> Result<ToChild<'_>, Malformed> {
        let (&kind, rest) = packet.split_first().ok_or(Malformed)?;
        match kind {
            BOOT => {
                let (total, piece) = word(rest)?;
                Ok(ToChild::Boot { total, piece })
            }
            STOP => {
                Ok(ToChild::Stop { left_ms: u64::from_le_bytes(rest.try_into().map_err(|_| Malformed)?) })
            }
            CANCEL => {
                Ok(ToChild::Cancel { number: u64::from_le_bytes(rest.try_into().map_err(|_| Malformed)?) })
            }
            ASK => Ok(ToChild::Ask { token: whole(rest)? }),
            TAP => {
                let (token, what) = word(rest)?;
                Ok(ToChild::Tap { token, what })
            }
            LEVEL => {
                let (&level, path) = rest.split_first().ok_or(Malformed)?;
                Ok(ToChild::Level { level, path: std::str::from_utf8(path).map_err(|_| Malformed)? })
            }
            UNTAP => Ok(ToChild::Untap { token: whole(rest)? }),
            REPLY => {
                let (token, rest) = word(rest)?;
                let (errno, answer) = word(rest)?;
                Ok(ToChild::Reply { token, errno, answer })
            }
            LOOK => {
                let (token, rest) = word(rest)?;
                Ok(ToChild::Look { token, left_ms: whole(rest)? })
            }
            _ => Err(Malformed),
        }
    }
}

impl FromChild<'_> {
    /// The fixed part, without allocation; the rest is [`FromChild::body`].
    pub(crate) fn head(&self) -> ([u8; 9], usize) {
        let mut head = [0; 9];
        let mut fill = |kind: u8, number: u32| {
            head[0] = kind;
            head[1..5].copy_from_slice(&number.to_le_bytes());
        };
        let length = match self {
            FromChild::Ready => {
                fill(READY, 0);
                1
            }
            FromChild::Crash(_) => {
                fill(CRASH, 0);
                1
            }
            FromChild::Strays => {
                fill(STRAYS, 0);
                1
            }
            FromChild::Ended { code } => {
                fill(ENDED, *code as u32);
                5
            }
            FromChild::Answer { token, write } => {
                fill(ANSWER, *token);
                head[5..9].copy_from_slice(&write.to_le_bytes());
                9
            }
            FromChild::Tapped { token, .. } => {
                fill(TAPPED, *token);
                5
            }
            FromChild::Seen { token, last, .. } => {
                fill(SEEN, *token);
                head[5] = u8::from(*last);
                6
            }
            FromChild::Refused { errno, .. } => {
                fill(REFUSED, *errno as u32);
                5
            }
            FromChild::Denied { call } => {
                fill(DENIED, *call);
                5
            }
            FromChild::Request { token, kind, below, .. } => {
                fill(REQUEST, *token);
                head[5..7].copy_from_slice(&[*kind, *below]);
                7
            }
            FromChild::Withdraw { token } => {
                fill(WITHDRAW, *token);
                5
            }
        };
        (head, length)
    }

    pub(crate) fn body(&self) -> &[u8] {
        match self {
            FromChild::Crash(record) => &record[..record.len().min(MAX_CRASH)],
            FromChild::Refused { step, .. } => step.as_bytes(),
            FromChild::Seen { piece, .. } => piece,
            FromChild::Tapped { what, .. } => what,
            FromChild::Request { request, .. } => request,
            _ => &[],
        }
    }

    pub(crate) fn parse(packet: &[u8]) -> Result<FromChild<'_>, Malformed> {
        let (&kind, rest) = packet.split_first().ok_or(Malformed)?;
        match kind {
            READY if rest.is_empty() => Ok(FromChild::Ready),
            STRAYS if rest.is_empty() => Ok(FromChild::Strays),
            CRASH if rest.len() <= MAX_CRASH => Ok(FromChild::Crash(rest)),
            DENIED => Ok(FromChild::Denied { call: whole(rest)? }),
            REQUEST => {
                let (token, rest) = word(rest)?;
                match rest.split_first_chunk() {
                    Some((&[kind, below], request)) if request.len() <= ask::LONGEST_REQUEST => {
                        Ok(FromChild::Request { token, kind, below, request })
                    }
                    _ => Err(Malformed),
                }
            }
            WITHDRAW => Ok(FromChild::Withdraw { token: whole(rest)? }),
            ENDED => Ok(FromChild::Ended { code: whole(rest)? as i32 }),
            ANSWER => {
                let (token, rest) = word(rest)?;
                Ok(FromChild::Answer { token, write: whole(rest)? })
            }
            TAPPED if rest.len() <= PIECE => {
                let (token, what) = word(rest)?;
                Ok(FromChild::Tapped { token, what })
            }
            SEEN => {
                let (token, rest) = word(rest)?;
                match rest.split_first() {
                    Some((&last @ (0 | 1), piece)) if piece.len() <= PIECE => {
                        Ok(FromChild::Seen { token, last: last == 1, piece })
                    }
                    _ => Err(Malformed),
                }
            }
            REFUSED => {
                let (errno, step) = word(rest)?;
                let step = std::str::from_utf8(step).map_err(|_| Malformed)?;
                if step.len() > MAX_REFUSAL {
                    Err(Malformed)
                } else {
                    Ok(FromChild::Refused { errno: errno as i32, step })
                }
            }
            _ => Err(Malformed),
        }
    }
}

fn with(kind: u8, fields: &[u8]) -> Vec<u8> {
    let mut packet = Vec::with_capacity(1 + fields.len());
    packet.push(kind);
    packet.extend_from_slice(fields);
    packet
}

fn word(bytes: &[u8]) -> Result<(u32, &[u8]), Malformed> {
    let (first, rest) = bytes.split_first_chunk::<4>().ok_or(Malformed)?;
    Ok((u32::from_le_bytes(*first), rest))
}

fn whole(bytes: &[u8]) -> Result<u32, Malformed> {
    match word(bytes)? {
        (number, []) => Ok(number),
        _ => Err(Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(said: &FromChild) -> Vec<u8> {
        let (head, length) = said.head();
        [&head[..length], said.body()].concat()
    }

    #[test]
    fn what_is_said_is_heard() {
        let said = [
            FromChild::Ready,
            FromChild::Crash(b"{:kind :panic}"),
            FromChild::Ended { code: -3 },
            FromChild::Answer { token: 7, write: 3 },
            FromChild::Refused { errno: 24, step: "limits" },
            FromChild::Seen { token: 5, last: false, piece: b"rows" },
            FromChild::Seen { token: 5, last: true, piece: b"" },
            FromChild::Tapped { token: 6, what: b"value" },
            FromChild::Denied { call: 101 },
            FromChild::Request { token: 8, kind: 1, below: 2, request: b"host:443" },
            FromChild::Withdraw { token: 8 },
            FromChild::Strays,
        ];
        for said in said {
            assert_eq!(FromChild::parse(&packet(&said)).as_ref(), Ok(&said));
        }
        for said in [
            ToChild::Stop { left_ms: 5000 },
            ToChild::Ask { token: 9 },
            ToChild::Look { token: 4, left_ms: 900 },
            ToChild::Tap { token: 4, what: b"where" },
            ToChild::Untap { token: 4 },
            ToChild::Cancel { number: 1 << 40 },
            ToChild::Level { level: 2, path: "/0/1" },
            ToChild::Reply { token: 8, errno: 11, answer: b"" },
            ToChild::Reply { token: 8, errno: 0, answer: b"answer" },
        ] {
            assert_eq!(ToChild::parse(&said.head()).as_ref(), Ok(&said));
        }
    }

    #[test]
    fn every_prefix_and_every_kind_parses_or_is_malformed() {
        let whole = packet(&FromChild::Answer { token: 1, write: 0 });
        for end in 0..whole.len() {
            assert_eq!(FromChild::parse(&whole[..end]), Err(Malformed));
        }
        for kind in 0..=255u8 {
            for length in [0, 1, 3, 4, 5, 8, 9, 70, MAX_CRASH + 1] {
                let bytes = [&[kind][..], &vec![0xff; length]].concat();
                let _ = FromChild::parse(&bytes);
                let _ = ToChild::parse(&bytes);
            }
        }
    }

    #[test]
    fn a_piece_above_the_bound_or_neither_last_nor_not_is_malformed() {
        let said = |last: u8, length: usize| [&[SEEN, 0, 0, 0, 0, last][..], &vec![0; length]].concat();
        assert!(FromChild::parse(&said(1, PIECE)).is_ok());
        assert_eq!(FromChild::parse(&said(1, PIECE + 1)), Err(Malformed));
        assert_eq!(FromChild::parse(&said(2, 8)), Err(Malformed));
    }

    #[test]
    fn a_crash_above_the_bound_is_malformed() {
        assert_eq!(FromChild::parse(&[&[CRASH][..], &vec![0; MAX_CRASH + 1]].concat()), Err(Malformed));
    }
}
