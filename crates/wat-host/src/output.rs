//! Replies going out: to descriptor 1, or into the channel of a thread; and lines to stderr.

use crate::context::{Context, LATE_LINE};
use crate::host::{Halt, Host, host};
use crate::log::Event;
use crate::parcel::Parcel;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use wat_abi::context::Ctx;
use wat_abi::desc::Kind;
use wat_edn::Value;
use wat_kernel::mutation::removed;
use wat_kernel::see::{LEVELS, Wait};
use wat_kernel::{Interrupt, SendError, Sender, WriteError};
use wat_runtime::codec;
use wat_runtime::desc::DescRef;
use wat_runtime::fail::Fail;
use wat_runtime::heap::Mem;
use wat_runtime::text;

pub enum Output {
    /// `lines`: a String is written bare.
    Descriptor {
        lines: bool,
    },
    Channel {
        replies: Sender<Parcel>,
        shared: Arc<crate::kin::ThreadShared>,
    },
}

/// `(println v)`.
pub fn println(ctx: *mut Ctx, slot: u64, desc: DescRef) -> Result<u64, Halt> {
    let Host { node, waiter, output, scratch, context, .. } = host(ctx);
    // With its answer a request is no more in hand.
    *context = Context::default();
    match output {
        Output::Descriptor { lines } => {
            scratch.clear();
            if *lines && desc.kind() == Kind::Str {
                let bytes = text::bytes(slot);
                if bytes.contains(&b'\n') {
                    let message = "a String written as a line contains a line feed";
                    return Err(Fail::new("malformed-output", message).into());
                }
                scratch.extend_from_slice(bytes);
            } else {
                line(scratch, slot, desc, node.value_limit)?;
            }
            scratch.push(b'\n');
            let written = node.process.write(waiter, scratch);
            keep_small(scratch);
            match written {
                Ok(()) => {
                    waiter.count_written();
                    Ok(0)
                }
                Err(WriteError::Closed) if removed("quiet-end") => {
                    Err(Fail::new("lost", "nobody reads stdout any more").into())
                }
                Err(WriteError::Closed) => Err(Halt::Quiet),
                Err(WriteError::Interrupted { why, .. }) => Err(why.into()),
                Err(WriteError::Deadlock { .. } | WriteError::Late { .. }) => {
                    Err(Fail::new("lost", "stdout cannot be written").into())
                }
                Err(WriteError::System(e)) => Err(Fail::new("lost", format!("write stdout: {e}")).into()),
            }
        }
        Output::Channel { replies, shared } => {
            let parcel = Parcel::of(slot, desc, node.value_limit)?;
            let bytes = parcel.bytes;
            let _about = waiter.about(Wait::Stdout, None);
            match replies.send_through_stop(waiter, parcel, bytes) {
                Ok(()) => {
                    waiter.count_written();
                    Ok(0)
                }
                // What a released thread still writes is dropped.
                Err(SendError::Closed(_)) if shared.released.load(Ordering::SeqCst) => Ok(0),
                Err(
                    SendError::Closed(_) | SendError::Late(_) | SendError::Interrupted(Interrupt::Stopped, _),
                ) => Err(Halt::Quiet),
                Err(SendError::Interrupted(Interrupt::Killed, _)) => Err(Halt::Killed),
            }
        }
    }
}

/// `(eprintln v)`. A closed stderr is not an error.
pub fn eprintln(ctx: *mut Ctx, slot: u64, desc: DescRef) -> Result<u64, Halt> {
    let Host { node, waiter, scratch, .. } = host(ctx);
    scratch.clear();
    line(scratch, slot, desc, node.value_limit)?;
    let written = match node.process.rendered(scratch) {
        Some(shown) => node.process.write_error(waiter, &shown),
        None => {
            scratch.push(b'\n');
            node.process.write_error(waiter, scratch)
        }
    };
    keep_small(scratch);
    match written {
        Err(WriteError::Interrupted { why: Interrupt::Killed, .. }) => Err(Halt::Killed),
        _ => Ok(0),
    }
}

/// An event of `wat.log`, which never waits.
pub fn log(ctx: *mut Ctx, level: u64, [namespace, message]: [u64; 2], fields: u64) -> Result<u64, Halt> {
    let Host { node, scratch, path, context, scopes, .. } = host(ctx);
    map_of(scratch, fields, node.value_limit)?;
    if let Some(all) = scopes.fields(|| entries(scratch)) {
        scratch.clear();
        Value::Map(all).write(scratch);
    }
    let trace = context.trace.map(|trace| trace.to_string());
    let event = Event {
        level: LEVELS.get(level as usize).copied().unwrap_or("error"),
        path,
        namespace: text::str(namespace),
        message: text::str(message),
        trace: trace.as_deref(),
        time: crate::process::now() as i64,
        fields: scratch,
    };
    node.process.log(&event.line());
    keep_small(scratch);
    Ok(0)
}

/// A map's EDN; a value that is no map is the field `:data`, and nil is none.
fn map_of(out: &mut Vec<u8>, fields: u64, value_limit: usize) -> Result<(), Fail> {
    out.clear();
    line(out, fields, DescRef::EDN, value_limit)?;
    match out.as_slice() {
        [b'{', ..] => {}
        b"nil" => {
            out.clear();
            out.extend_from_slice(b"{}");
        }
        _ => {
            out.splice(..0, *b"{:data ");
            out.push(b'}');
        }
    }
    Ok(())
}

fn entries(map: &[u8]) -> Vec<(Value, Value)> {
    match Value::parse(map) {
        Ok(Value::Map(entries)) => entries,
        // What wat has written as a map is read as one; deeper than that reader goes, it is left out.
        _ => Vec::new(),
    }
}

/// Begins a scope whose events have these fields besides their own.
pub fn note(ctx: *mut Ctx, mem: Mem, fields: u64) -> Result<u64, Halt> {
    let host = host(ctx);
    let mut text = Vec::new();
    map_of(&mut text, fields, host.node.value_limit)?;
    let number = host.scopes.note(entries(&text));
    Ok(host.enter(mem, number))
}

/// Answers that the request in hand came too late to be begun.
pub fn refuse(ctx: *mut Ctx) -> Result<u64, Halt> {
    let Host { node, waiter, output, context, .. } = host(ctx);
    *context = Context::default();
    let written = match output {
        Output::Descriptor { .. } => node.process.write(waiter, LATE_LINE),
        Output::Channel { replies, .. } => {
            let parcel = Parcel::late();
            let bytes = parcel.bytes;
            replies.send_through_stop(waiter, parcel, bytes).map_err(|error| match error {
                SendError::Interrupted(why, _) => why.into(),
                SendError::Closed(_) | SendError::Late(_) => WriteError::Closed,
            })
        }
    };
    match written {
        Ok(()) => {
            waiter.count_written();
            Ok(0)
        }
        Err(WriteError::Interrupted { why: Interrupt::Killed, .. }) => Err(Halt::Killed),
        Err(_) => Err(Halt::Quiet),
    }
}

/// The EDN of a value, within the limits that hold on every edge of the tree.
pub fn line(out: &mut Vec<u8>, slot: u64, desc: DescRef, value_limit: usize) -> Result<(), Fail> {
    codec::encode_within(slot, desc, out, wat_edn::Limits { bytes: value_limit, depth: 256 })
        .map_err(Fail::from)
}

/// Gives back what one large value needed.
fn keep_small(scratch: &mut Vec<u8>) {
    scratch.shrink_to(64 * 1024);
}
