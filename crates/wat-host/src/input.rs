//! Requests coming in: from descriptor 0, or from the channel of a thread.

use crate::context::Context;
use crate::host::{Halt, Host, host};
use crate::parcel::Parcel;
use crate::values::{Found, Values};
use wat_abi::context::Ctx;
use wat_edn::{ErrorKind, Position};
use wat_kernel::see::Wait;
use wat_kernel::{Interrupt, ReadError, Receiver, Source, Waiter};
use wat_runtime::codec::{self, ReadFault};
use wat_runtime::desc::DescRef;
use wat_runtime::fail::Fail;
use wat_runtime::heap::Mem;
use wat_runtime::{sum, text};

/// `poll`'s event of bytes to read, or an end.
const POLLIN: i16 = 1;

pub enum Input {
    Descriptor(Values),
    Channel(Receiver<Parcel>),
}

impl Input {
    /// What to wait for until there is something to read; none where there is already.
    pub fn source(&mut self) -> Option<Source<'_>> {
        match self {
            Input::Channel(requests) => Some(Source::Channel(&*requests)),
            Input::Descriptor(values) => match values.candidate() {
                Some(_) => None,
                None => Some(Source::Descriptor(rustix::stdio::stdin(), POLLIN)),
            },
        }
    }
}

/// What reading gives.
pub enum Read {
    Value(u64),
    /// The client has closed, or this node is to stop.
    End,
    Bad(ReadFault),
}

/// The next value of the type `desc`, in the heap of `mem`.
pub fn read(ctx: *mut Ctx, mem: Mem, desc: DescRef) -> Result<Read, Halt> {
    let Host { node, waiter, input, context, .. } = host(ctx);
    match input {
        Input::Channel(requests) => match waiting(waiter, requests) {
            Ok(Some(parcel)) => {
                *context = node.traced(parcel.context);
                Ok(match parcel.open(mem, desc)? {
                    Ok(value) => Read::Value(value),
                    Err(fault) => Read::Bad(fault),
                })
            }
            Ok(None) | Err(Interrupt::Stopped) => Ok(Read::End),
            Err(Interrupt::Killed) => Err(Halt::Killed),
        },
        Input::Descriptor(values) => loop {
            if let Some(read) = whole_line(mem, desc, values)? {
                waiter.count_read();
                *context = node.traced(Context::default());
                return Ok(read);
            }
            match values.next() {
                Found::Value(range) => {
                    waiter.count_read();
                    *context = node.traced(Context::of_mark(values.discarded()));
                    return one(mem, desc, values, range);
                }
                Found::End => return Ok(Read::End),
                Found::Bad(error) => {
                    return Ok(Read::Bad(ReadFault {
                        kind: match error.kind {
                            ErrorKind::TooLarge | ErrorKind::TooDeep => "limit",
                            _ => "malformed",
                        },
                        at: Vec::new(),
                        expected: if values.is_lines() { "one line of text" } else { "one EDN value" }
                            .to_string(),
                        found: error.message,
                        line: error.line,
                        column: error.column,
                        offset: 0,
                        unfinished: false,
                    }));
                }
                Found::More => match node.process.stdin().read(waiter, values.room()) {
                    Ok(0) => values.finish(),
                    Ok(count) => values.filled(count),
                    Err(ReadError::Interrupted(Interrupt::Stopped)) => return Ok(Read::End),
                    Err(ReadError::Interrupted(Interrupt::Killed)) => return Err(Halt::Killed),
                    Err(ReadError::System(e)) => {
                        return Err(Fail::new("malformed-input", format!("read stdin: {e}")).into());
                    }
                },
            }
        },
    }
}

/// The next request of a thread.
fn waiting(waiter: &Waiter, requests: &Receiver<Parcel>) -> Result<Option<Parcel>, Interrupt> {
    let _about = waiter.about(Wait::Stdin, None);
    let received = requests.receive(waiter);
    if let Ok(Some(_)) = &received {
        waiter.count_read();
    }
    received
}

/// The wire's usual case, one value a line, decoded where it lies without being framed first. What is not that,
/// mistakes included, is left to the exact way.
fn whole_line(mem: Mem, desc: DescRef, values: &mut Values) -> Result<Option<Read>, Halt> {
    let Some(range) = values.candidate() else { return Ok(None) };
    let start = range.start;
    // What stands before a value may be its context.
    if values.bytes()[range.clone()].starts_with(b"#_") {
        return Ok(None);
    }
    match codec::decode_prefix(mem, desc, &values.bytes()[range], Position::START)? {
        Ok((value, length)) => {
            values.accept(start + length);
            Ok(Some(Read::Value(value)))
        }
        Err(_) => Ok(None),
    }
}

fn one(mem: Mem, desc: DescRef, values: &mut Values, range: std::ops::Range<usize>) -> Result<Read, Halt> {
    let start = range.start;
    let bytes = &values.bytes()[range];
    if values.is_lines() {
        return Ok(match desc {
            DescRef::STR => Read::Value(text::make_string(
                mem,
                std::str::from_utf8(bytes).expect("lines are checked as they are cut"),
            )?),
            other => Read::Bad(ReadFault {
                kind: "wrong-type",
                at: Vec::new(),
                expected: other.name().to_string(),
                found: "a line of text, which is a String".to_string(),
                line: values.position(start).0,
                column: 1,
                offset: 0,
                unfinished: false,
            }),
        });
    }
    match codec::decode(mem, desc, bytes)? {
        Ok(value) => Ok(Read::Value(value)),
        Err(_) => {
            // Where it stands in the stream is computed only now that someone is to be told.
            let (line, column) = values.position(start);
            match codec::decode_at(mem, desc, bytes, Position { line, column })? {
                Err(fault) => {
                    // After a wrong value the whole value is consumed; after malformed text, the line.
                    if fault.kind == "malformed" {
                        values.resync(start + fault.offset);
                    }
                    Ok(Read::Bad(fault))
                }
                Ok(value) => Ok(Read::Value(value)),
            }
        }
    }
}

/// `(readln)`: `(Option T)`.
pub fn readln(ctx: *mut Ctx, mem: Mem, desc: DescRef) -> Result<u64, Halt> {
    match read(ctx, mem, sum::payload(desc))? {
        Read::Value(value) => Ok(sum::option(mem, desc, Some(value))?),
        Read::End => Ok(sum::option(mem, desc, None)?),
        Read::Bad(fault) => {
            let message = format!("stdin, line {}, column {}: {fault}", fault.line, fault.column);
            Err(Fail::new("malformed-input", message).into())
        }
    }
}

/// `(try-readln)`: `(Result (Option T) ReadError)`.
pub fn try_readln(ctx: *mut Ctx, mem: Mem, desc: DescRef) -> Result<u64, Halt> {
    let option = sum::payload(desc);
    match read(ctx, mem, sum::payload(option))? {
        Read::Value(value) => Ok(sum::ok(mem, desc, sum::option(mem, option, Some(value))?)?),
        Read::End => Ok(sum::ok(mem, desc, sum::option(mem, option, None)?)?),
        Read::Bad(fault) => Ok(sum::err(mem, desc, fault.to_value(mem, sum::error(desc))?)?),
    }
}
