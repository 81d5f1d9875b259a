//! How values travel to and from a peer in another process: as EDN between wat programs, as a command speaks else.
//! Not here: who sends what to whom.

use crate::output;
use crate::values::Values;
use wat_abi::desc::Kind;
use wat_edn::Position;
use wat_runtime::codec::{self, ReadFault};
use wat_runtime::desc::DescRef;
use wat_runtime::fail::Fail;
use wat_runtime::heap::Mem;
use wat_runtime::text;

/// What stands between a value and its bytes.
#[derive(Clone, Copy)]
pub enum Codec {
    Edn,
    /// One value after another, whatever stands between them.
    Json(Json),
    /// A String a line.
    Lines,
    /// Bytes as they come.
    Bytes,
}

/// JSON as its own crate reads and writes it, which this one does not know.
#[derive(Clone, Copy)]
pub struct Json {
    /// Appends a value's text, of so many bytes at most.
    pub encode: fn(&mut Vec<u8>, u64, DescRef, usize) -> Result<(), Fail>,
    /// The value of one text, or what is wrong with it, told from the text's own first line.
    pub decode: fn(Mem, DescRef, &[u8]) -> Decoded,
}

/// A value, or what its writer did wrong; `Err` where this process cannot go on.
type Decoded = Result<Result<u64, ReadFault>, Fail>;

impl Codec {
    /// Whether a discarded form may stand before a value.
    pub fn is_edn(self) -> bool {
        matches!(self, Codec::Edn)
    }

    /// What a value is called in messages.
    pub fn noun(self) -> &'static str {
        match self {
            Codec::Edn => "EDN",
            Codec::Json(_) => "JSON",
            Codec::Lines => "lines of UTF-8",
            Codec::Bytes => "bytes",
        }
    }

    /// A stream of such values.
    pub fn values(self, limit: usize) -> Values {
        match self {
            Codec::Edn => Values::edn(limit),
            Codec::Json(_) => Values::json(limit),
            Codec::Lines => Values::lines(limit),
            Codec::Bytes => Values::chunks(),
        }
    }

    /// Appends a request.
    pub fn encode(self, out: &mut Vec<u8>, slot: u64, desc: DescRef, limit: usize) -> Result<(), Fail> {
        match self {
            Codec::Edn => output::line(out, slot, desc, limit)?,
            Codec::Json(json) => (json.encode)(out, slot, desc, limit)?,
            Codec::Lines | Codec::Bytes => {
                let bytes = text::bytes(slot);
                if bytes.len() > limit {
                    let found = bytes.len();
                    return Err(Fail::new(
                        "limit",
                        format!("a value of {found} bytes; the limit is {limit}"),
                    ));
                }
                if matches!(self, Codec::Bytes) {
                    out.extend_from_slice(bytes);
                    return Ok(());
                }
                if bytes.contains(&b'\n') {
                    let message = "a String sent as a line contains a line feed; send its lines one by one";
                    return Err(Fail::new("malformed-input", message));
                }
                out.extend_from_slice(bytes);
            }
        }
        out.push(b'\n');
        Ok(())
    }

    /// A value out of its text, which stood at `place` in the stream.
    pub fn decode(self, mem: Mem, desc: DescRef, bytes: &[u8], place: Position) -> Decoded {
        let decoded = match self {
            Codec::Edn => codec::decode(mem, desc, bytes)?,
            Codec::Json(json) => (json.decode)(mem, desc, bytes)?,
            Codec::Lines => {
                debug_assert_eq!(desc.kind(), Kind::Str, "the library types such a peer by Strings");
                let line = std::str::from_utf8(bytes).expect("lines are checked as they are cut");
                Ok(text::make_string(mem, line)?)
            }
            Codec::Bytes => Ok(text::make_bytes(mem, bytes)?),
        };
        Ok(decoded.map_err(|fault| moved(fault, place)))
    }
}

/// The fault as one of the stream that the text was cut from.
fn moved(mut fault: ReadFault, place: Position) -> ReadFault {
    if fault.line == 1 {
        fault.column += place.column - 1;
    }
    fault.line += place.line - 1;
    fault
}
